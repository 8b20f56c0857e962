import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Type } from "@sinclair/typebox";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../generated/models.js";
import { validateManifest } from "../generated/validators/manifest.js";
import { type AgentOptions, createAgent } from "./agent.js";
import { serveManifest } from "./manifest.js";
import { skill } from "./skill.js";

const agentWith = (options: Partial<AgentOptions> = {}) => createAgent({ id: "urn:asap:agent:server", ...options });

interface Recorded {
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
}
const recorded = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.includes('"etag"'))
  .map((line) => (JSON.parse(line) as Recorded).response)
  .filter(({ status, body }) => status === 200 && body !== "");

describe("the manifest of an agent (wire section 5)", () => {
  test("DISC-001, HEALTH-003, JSON-005, MAN-006, MAN-016: of an agent that says nothing has every member, null where empty", () => {
    const manifest = agentWith().manifest();
    expect(JSON.stringify(manifest)).toBe(
      JSON.stringify({
        id: "urn:asap:agent:server",
        name: "urn:asap:agent:server",
        version: "0.1.0",
        description: "",
        capabilities: { asap_version: "1.1.0", skills: [], state_persistence: false, streaming: false, mcp_tools: [] },
        endpoints: { asap: "", events: null },
        auth: null,
        signature: null,
        ttl_seconds: 300,
      }),
    );
    expect(validateManifest(manifest)).toBe(true);
  });

  test("MAN-001, MAN-017: of one that says all carries it, schemas of skills included", () => {
    const input = Type.Object({ n: Type.Integer() });
    const manifest = agentWith({
      name: "Name",
      version: "1.0.0-beta.1",
      description: "Does",
      ttlSeconds: 60,
      statePersistence: true,
      streaming: true,
      mcpTools: ["search"],
      endpoints: { asap: "https://agent.example/asap", events: "wss://agent.example/asap/ws" },
      skills: {
        add: skill({ description: "Adds", input, output: { type: "object" }, run: () => ({}) }),
        echo: skill({ description: "Echo", run: (given) => given }),
      },
    }).manifest({ asap: "http://ignored" });
    expect(validateManifest(manifest)).toBe(true);
    expect(JSON.parse(JSON.stringify(manifest))).toEqual({
      id: "urn:asap:agent:server",
      name: "Name",
      version: "1.0.0-beta.1",
      description: "Does",
      capabilities: {
        asap_version: "1.1.0",
        skills: [
          {
            id: "add",
            description: "Adds",
            input_schema: { type: "object", required: ["n"], properties: { n: { type: "integer" } } },
            output_schema: { type: "object" },
          },
          { id: "echo", description: "Echo", input_schema: null, output_schema: null },
        ],
        state_persistence: true,
        streaming: true,
        mcp_tools: ["search"],
      },
      endpoints: { asap: "https://agent.example/asap", events: "wss://agent.example/asap/ws" },
      auth: null,
      signature: null,
      ttl_seconds: 60,
    });
  });
});

describe("the entity tag (wire section 13.1)", () => {
  test("MAN-007: of the recorded manifests is the recorded one", async () => {
    expect(recorded.length).toBeGreaterThan(2);
    for (const { headers, body } of recorded) {
      expect((await serveManifest(JSON.parse(body) as Manifest)).etag).toBe(headers["etag"]);
    }
  });

  test("MAN-007: is SHA-256 of sorted keys, spaced separators and escapes for all that is not ASCII", async () => {
    const manifest = agentWith({ name: 'Ünï "☃" 😀 \u007f', description: "a\nb" }).manifest();
    const { text, etag } = await serveManifest(manifest);
    expect(text).toBe(JSON.stringify(manifest));
    const canonical =
      '{"auth": null, "capabilities": {"asap_version": "1.1.0", "mcp_tools": [], "skills": [], ' +
      '"state_persistence": false, "streaming": false}, "description": "a\\nb", "endpoints": {"asap": "", ' +
      '"events": null}, "id": "urn:asap:agent:server", "name": ' +
      '"\\u00dcn\\u00ef \\"\\u2603\\" \\ud83d\\ude00 \\u007f", "signature": null, "ttl_seconds": 300, "version": "0.1.0"}';
    expect(etag).toBe(`"${createHash("sha256").update(canonical).digest("hex")}"`);
  });

  test("MAN-007: keys are sorted by code points, the shorter first", async () => {
    const input = { properties: { "\u{1f600}": {}, "\uff5e": {}, ab: {}, a: {}, b: {} } };
    const agent = agentWith({ skills: { s: skill({ description: "", input, run: () => ({}) }) } });
    const canonical =
      '{"auth": null, "capabilities": {"asap_version": "1.1.0", "mcp_tools": [], "skills": [{"description": "", ' +
      '"id": "s", "input_schema": {"properties": {"a": {}, "ab": {}, "b": {}, "\\uff5e": {}, "\\ud83d\\ude00": {}}}, ' +
      '"output_schema": null}], "state_persistence": false, "streaming": false}, "description": "", "endpoints": ' +
      '{"asap": "", "events": null}, "id": "urn:asap:agent:server", "name": "urn:asap:agent:server", ' +
      '"signature": null, "ttl_seconds": 300, "version": "0.1.0"}';
    const { etag } = await serveManifest(agent.manifest());
    expect(etag).toBe(`"${createHash("sha256").update(canonical).digest("hex")}"`);
  });

  test("MAN-007: changes with the content, not with the order of members", async () => {
    const one = agentWith().manifest();
    const tag = async (manifest: Manifest) => (await serveManifest(manifest)).etag;
    expect(await tag({ ...one, name: "other" })).not.toBe(await tag(one));
    const turned = Object.fromEntries(Object.entries(one).reverse()) as unknown as Manifest;
    expect(await tag(turned)).toBe(await tag(one));
  });

  test("is made once for each set of endpoints", async () => {
    const agent = agentWith();
    const at = (n: number) => agent.servedManifest({ asap: `http://host${n}/asap` });
    expect(at(1)).toBe(at(1));
    expect((await at(1)).etag).not.toBe((await at(2)).etag);
    expect(JSON.parse((await at(2)).text).endpoints).toEqual({ asap: "http://host2/asap", events: null });
    const first = at(1);
    for (let n = 0; n < 100; n++) await at(n);
    expect((await at(1)).etag).toBe((await first).etag);
    expect(at(1)).not.toBe(first);
  });
});
