import type { ProtocolDefinition } from "../generated/contract.js";
import type { Manifest } from "../generated/models.js";
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
  const bytes = new TextEncoder().encode(canonicalText(JSON.parse(text)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { text, etag: `"${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}"` };
}

function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return asciiText(JSON.stringify(value));
  const members = Object.entries(value).sort(([a], [b]) => byCodePoints(a, b));
  return `{${members.map(([name, member]) => `${asciiText(JSON.stringify(name))}: ${canonicalText(member)}`).join(", ")}}`;
}

/** Compares texts by code points; `<` compares UTF-16 code units, in which U+10000 comes before U+FFFF. */
function byCodePoints(a: string, b: string): number {
  const right = Array.from(b);
  for (const [place, sign] of Array.from(a).entries()) {
    const other = right[place];
    if (other === undefined) return 1;
    if (sign !== other) return (sign.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return a.length - b.length;
}

const asciiText = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
