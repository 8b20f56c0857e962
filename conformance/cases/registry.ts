import { routes } from "../../generated/routes.js";
import { validateRegistryEntry } from "../../generated/validators/registry-entry.js";
import type { Case } from "../case.js";
import { expect, fault, jsonOf, judged, status } from "../checks.js";
import { asObject, get } from "../documents.js";

/** The registry entry that follows from a manifest, in the six published members. */
function entryOf(manifest: Readonly<Record<string, unknown>>, manifestUrl: string): Record<string, unknown> {
  const capabilities = asObject(manifest.capabilities) ?? {};
  const endpoints = asObject(manifest.endpoints) ?? {};
  const skills = Array.isArray(capabilities.skills) ? capabilities.skills : [];
  return {
    id: manifest.id,
    name: manifest.name,
    description: manifest.description,
    endpoints: {
      http: endpoints.asap,
      ...(endpoints.events == null ? {} : { ws: endpoints.events }),
      manifest: manifestUrl,
    },
    skills: skills.map((skill) => asObject(skill)?.id),
    asap_version: capabilities.asap_version ?? "0.1",
  };
}

/** The registry entry an agent gets from its manifest. */
export const registryCases: readonly Case[] = [
  {
    id: "registry.entry",
    title: "The manifest yields an entry of the six published members",
    area: "registry",
    level: "MUST",
    requirements: ["REGW-002", "REGW-006", "REGW-008", "REG-004"],
    steps: () => [get(routes.manifest.path, { share: "manifest" })],
    judge: judged(
      status(0, 200),
      expect(0, "a registry entry that others can use", (exchange, context) => {
        const manifest = asObject(jsonOf(exchange)) ?? {};
        return fault(validateRegistryEntry, entryOf(manifest, context.baseUrl + routes.manifest.path));
      }),
    ),
  },
];
