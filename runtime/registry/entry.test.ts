import { describe, expect, test } from "vitest";
import type { Manifest } from "../../generated/models.js";
import { entryFromManifest, validateRegistry } from "../registry.js";

const manifest: Manifest = {
  id: "urn:asap:agent:acme:billing",
  name: "Billing",
  version: "2.0.0",
  description: "Answers questions about invoices.",
  capabilities: {
    asap_version: "1.1.0",
    skills: [
      { id: "invoice", description: "Finds an invoice." },
      { id: "refund", description: "Refunds it." },
    ],
  },
  endpoints: { asap: "https://billing.acme.example/asap", events: "wss://billing.acme.example/asap/ws" },
};

describe("entryFromManifest()", () => {
  test("fills the six published fields, which the strict validation takes (REG-005, REGW-006, REGW-008)", () => {
    const entry = entryFromManifest(manifest);
    expect(entry).toEqual({
      id: "urn:asap:agent:acme:billing",
      name: "Billing",
      description: "Answers questions about invoices.",
      endpoints: {
        http: "https://billing.acme.example/asap",
        ws: "wss://billing.acme.example/asap/ws",
        manifest: "https://billing.acme.example/.well-known/asap/manifest.json",
      },
      skills: ["invoice", "refund"],
      asap_version: "1.1.0",
    });
    const registry = { version: "1.0", updated_at: "2026-01-31T12:00:00Z", agents: [entry] };
    expect(validateRegistry(JSON.stringify(registry), { strict: true })).toMatchObject({ valid: true, findings: [] });
  });

  test("takes the manifest's own URL when it is given", () => {
    const manifestUrl = "https://elsewhere.example/billing.json";
    expect(entryFromManifest(manifest, { manifestUrl }).endpoints["manifest"]).toBe(manifestUrl);
  });

  test.each([
    ["https://example.com/seed/0/asap", "https://example.com/seed/0/.well-known/asap/manifest.json"],
    ["https://example.com/asap/", "https://example.com/.well-known/asap/manifest.json"],
    ["https://example.com:8443/", "https://example.com:8443/.well-known/asap/manifest.json"],
    ["https://example.com/agents/rpc", "https://example.com/agents/rpc/.well-known/asap/manifest.json"],
    ["somewhere", undefined],
  ])("puts the manifest beside %s", (asap, expected) => {
    expect(entryFromManifest({ ...manifest, endpoints: { asap } }).endpoints["manifest"]).toBe(expected);
  });

  test("leaves out the socket when there is none and uses the defaults of absent capabilities", () => {
    const entry = entryFromManifest({
      ...manifest,
      capabilities: {},
      endpoints: { asap: "https://a.example/asap", events: null },
    });
    expect(Object.keys(entry.endpoints)).toEqual(["http", "manifest"]);
    expect(entry).toMatchObject({ skills: [], asap_version: "0.1" });
  });
});
