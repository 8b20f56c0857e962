import type { Manifest, RegistryEntry } from "../../generated/models.js";

/** Options of {@link entryFromManifest}. */
export interface EntryFromManifestOptions {
  /** Where the manifest is served. By default the well-known place beside the manifest's own `endpoints.asap`. */
  manifestUrl?: string;
}

const wellKnownPath = "/.well-known/asap/manifest.json";

function manifestUrlOf(asap: string): string | undefined {
  if (!URL.canParse(asap)) return undefined;
  const url = new URL(asap);
  const base = url.pathname.replace(/\/(?:asap\/?)?$/, "");
  return `${url.origin}${base}${wellKnownPath}`;
}

/**
 * Makes an agent's registry entry, in the published six-field form, from its manifest (wire section 13.3, REG-005).
 *
 * @param manifest the manifest, validated already
 * @param options see {@link EntryFromManifestOptions}
 */
export function entryFromManifest(manifest: Manifest, options: EntryFromManifestOptions = {}): RegistryEntry {
  const { asap, events } = manifest.endpoints;
  const manifestUrl = options.manifestUrl ?? manifestUrlOf(asap);
  const skills = manifest.capabilities.skills ?? [];
  return {
    id: manifest.id,
    name: manifest.name,
    description: manifest.description,
    endpoints: {
      http: asap,
      ...(typeof events === "string" && { ws: events }),
      ...(manifestUrl !== undefined && { manifest: manifestUrl }),
    },
    skills: [...new Set(skills.map((skill) => skill.id))],
    asap_version: manifest.capabilities.asap_version ?? "0.1",
  };
}
