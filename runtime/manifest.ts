import type { ProtocolDefinition } from "../generated/contract.js";
import type { Manifest } from "../generated/models.js";
import { canonicalJson } from "./canonical-json.js";
import type { Skill } from "./skill.js";

/** What a manifest is made from. */
export interface ManifestParts {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly skills: Readonly<Record<string, Skill>>;
  readonly protocol: ProtocolDefinition;
  /** How the agent wants callers to authenticate; undefined for an open one. */
  readonly auth: ManifestAuth | undefined;
  readonly ttlSeconds: number;
  readonly statePersistence: boolean;
  readonly streaming: boolean;
  readonly mcpTools: readonly string[];
}

/** What a manifest says of authentication. */
export interface ManifestAuth {
  readonly schemes?: readonly string[];
  readonly oauth2?: Readonly<Record<string, unknown>>;
}

/** Where an agent is reached. */
export interface Endpoints {
  /** URL of the JSON-RPC endpoint. */
  readonly asap: string;
  /** URL of the WebSocket endpoint; none by default. */
  readonly events?: string | null;
}

/** Makes the manifest of an agent, every field written (wire section 5). */
export function buildManifest(parts: ManifestParts, endpoints: Endpoints): Manifest {
  const { auth } = parts;
  return {
    id: parts.id,
    name: parts.name,
    version: parts.version,
    description: parts.description,
    capabilities: {
      asap_version: parts.protocol.version,
      skills: Object.entries(parts.skills).map(([id, skill]) => ({
        id,
        description: skill.description,
        input_schema: skill.input === undefined ? null : { ...skill.input },
        output_schema: skill.output === undefined ? null : { ...skill.output },
      })),
      state_persistence: parts.statePersistence,
      streaming: parts.streaming,
      mcp_tools: [...parts.mcpTools],
    },
    endpoints: { asap: endpoints.asap, events: endpoints.events ?? null },
    auth: auth === undefined ? null : { schemes: [...(auth.schemes ?? ["bearer"])], oauth2: auth.oauth2 ?? null },
    signature: null,
    ttl_seconds: parts.ttlSeconds,
  };
}

/** A manifest as it is served. */
export interface ServedManifest {
  readonly text: string;
  /** Strong entity tag, quoted (RFC 9110 section 8.8.3). */
  readonly etag: string;
}

/**
 * Serialises a manifest and makes its entity tag: SHA-256 of the JSON with sorted keys, separators `, ` and `: `
 * and non-ASCII escaped (wire section 13.1).
 */
export async function serveManifest(manifest: Manifest): Promise<ServedManifest> {
  const text = JSON.stringify(manifest);
  const bytes = new TextEncoder().encode(canonicalJson(manifest, { item: ", ", key: ": " }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { text, etag: `"${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}"` };
}
