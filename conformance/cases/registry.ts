import { routes } from "../../generated/routes.js";
import { validateRegistryEntry } from "../../generated/validators/registry-entry.js";
import type { Case } from "../case.js";
import { bodyHas, type Check, expect, fault, jsonOf, judged, show, status } from "../checks.js";
import { asObject, get } from "../documents.js";

/** The registry entry that follows from a manifest, in the six published members. */
export function entryOf(manifest: Readonly<Record<string, unknown>>, manifestUrl: string): Record<string, unknown> {
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

function entryCase(
  id: string,
  title: string,
  requirements: string[],
  check: (entry: Record<string, unknown>) => string | null,
): Case {
  const entry: Check = expect(0, "a registry entry that others can use", (exchange, context) => {
    const manifest = asObject(jsonOf(exchange));
    return manifest === undefined ? "no manifest" : check(entryOf(manifest, context.baseUrl + routes.manifest.path));
  });
  return {
    id: `registry.${id}`,
    title,
    area: "registry",
    level: "MUST",
    requirements,
    steps: () => [get(routes.manifest.path, { share: "manifest" })],
    judge: judged(status(0, 200), bodyHas(0, { id: "string", capabilities: "object", endpoints: "object" }), entry),
  };
}

/** The registry entry an agent gets from its manifest. */
export const registryCases: readonly Case[] = [
  entryCase(
    "entry",
    "The manifest yields an entry of the six published members",
    ["REGW-002", "REGW-006", "REGW-008", "REG-004"],
    (entry) => fault(validateRegistryEntry, entry),
  ),
  entryCase("endpoints", "Every endpoint of the entry is an absolute URL of its kind", ["REG-001"], ({ endpoints }) => {
    const wrong = Object.entries(asObject(endpoints) ?? {}).find(([kind, url]) => {
      const scheme = typeof url === "string" && URL.canParse(url) ? new URL(url).protocol : "";
      return !(kind === "ws" ? /^wss?:$/ : /^https?:$/).test(scheme);
    });
    return wrong === undefined ? null : `${wrong[0]} is ${show(wrong[1])}`;
  }),
  entryCase("skills", "The entry's skills are ids, each once", ["REGW-007", "REGW-008"], ({ skills }) => {
    const ids = Array.isArray(skills) ? skills : [];
    const fits = ids.every((id) => typeof id === "string" && id !== "") && new Set(ids).size === ids.length;
    return fits ? null : show(ids);
  }),
];
