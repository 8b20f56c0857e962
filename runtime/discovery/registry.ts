import type { RegistryEntry, ValidationIssue } from "../../generated/models.js";
import { protocol } from "../../generated/protocol.js";
import { validateRegistryEntryTolerant } from "../../generated/validators/registry-entry-tolerant.js";
import { validateRegistryTolerant } from "../../generated/validators/registry-tolerant.js";
import { httpUrl, shownUrl } from "../base-url.js";
import { jsonOf } from "../body.js";
import { withDeadline } from "../deadline.js";
import { headersOf } from "../network.js";
import { issuesOf } from "../validation.js";
import { cacheKey, createFetchCache, type FetchCache } from "./cache.js";
import { type FetchOptions, getDocument, misfitError, statusError } from "./get.js";
import { deepFreeze, keepKnown, type Shape } from "./known.js";

/** An entry that was left out because it does not fit its schema. */
export interface SkippedEntry {
  /** JSON pointer to the entry. */
  readonly pointer: string;
  /** Its id, where it has one that is a string. */
  readonly id: string | undefined;
  /** What is wrong with it; places are within the document. */
  readonly issues: readonly ValidationIssue[];
}

/** A registry as a client uses it. */
export interface RegistryView {
  /** Where it came from. */
  readonly url: string;
  /** Version of the registry format; null for a registry that is a plain list. */
  readonly version: string | null;
  /** When it was last changed, as it says; null for a registry that is a plain list. */
  readonly updatedAt: string | null;
  /** The valid entries in their order, without members that are not known. */
  readonly agents: readonly RegistryEntry[];
  /** The entries that were left out. */
  readonly skipped: readonly SkippedEntry[];
  /** The agents that list a skill of exactly this id. */
  findBySkill(skill: string): RegistryEntry[];
  /** The first agent of exactly this id. */
  findById(id: string): RegistryEntry | undefined;
}

/** Registries by URL and headers; see {@link createRegistryCache}. */
export type RegistryCache = FetchCache<RegistryView>;

/** Options of {@link discoverFromRegistry}. Defaults: 30,000 ms, 8,388,608 bytes. */
export interface RegistryOptions extends FetchOptions {
  /** How long a registry is used without asking again, in milliseconds. Default: 900,000. */
  readonly maxAgeMs?: number;
  /** Where registries are kept; false fetches each time. Default: one place for the whole program. */
  readonly cache?: RegistryCache | false;
}

const bounds = { timeoutMs: 30_000, maxBytes: 8_388_608 };

const shape = {
  id: true,
  name: true,
  description: true,
  endpoints: true,
  skills: true,
  asap_version: true,
} as const satisfies Shape & Record<keyof RegistryEntry, unknown>;

const shared: RegistryCache = createFetchCache(100);

/**
 * Makes a place where {@link discoverFromRegistry} keeps registries.
 *
 * @param max Most registries it keeps. Default: 1,000.
 */
export function createRegistryCache(max?: number): RegistryCache {
  return createFetchCache(max);
}

/**
 * Fetches a registry of agents. Its root may be an object or a plain list; members that are not known are ignored and
 * invalid entries left out. It is kept for 900 seconds per URL, and concurrent callers share one request.
 *
 * @param url Where it is. Default: the published registry.
 * @param options See {@link RegistryOptions}.
 * @returns The registry, frozen.
 * @throws AsapError `asap:discovery/registry_invalid`; `asap:transport/http_status`, `connection_failed`, `timeout`,
 * `aborted`, `invalid_response` when it is too large, `insecure_url`; `asap:config/invalid_option`.
 * @see ASAP 1.1, section 13.3
 */
export async function discoverFromRegistry(
  url: string | URL = protocol.registryUrl,
  options: RegistryOptions = {},
): Promise<RegistryView> {
  const target = httpUrl(url, options).href;
  const { signal, timeoutMs = bounds.timeoutMs, cache = shared, maxAgeMs = 900_000, now = Date.now } = options;
  const { signal: _, ...alone } = options;
  const fetchView = async (fetching: FetchOptions) => {
    const { status, text } = await getDocument(target, fetching, bounds);
    if (status < 200 || status > 299) throw statusError(target, status);
    return registryView(jsonOf(text), target);
  };
  if (cache === false) return fetchView(options);
  const key = cacheKey(target, headersOf(options.headers));
  const kept = cache.get(key);
  if (kept !== undefined && now() < kept.freshUntil) return kept.value;
  const load = () =>
    cache.share(key, async () => {
      const value = await fetchView(alone);
      cache.set(key, { value, etag: null, freshUntil: now() + maxAgeMs });
      return value;
    });
  return withDeadline(load, { signals: [signal], timeoutMs, url: shownUrl(target) });
}

/**
 * Reads a parsed registry.
 *
 * @param value The document; undefined when it is not JSON.
 * @param url Where it came from.
 * @throws AsapError `asap:discovery/registry_invalid` when its root is no registry.
 */
export function registryView(value: unknown, url: string): RegistryView {
  const isList = Array.isArray(value);
  const root = isList ? undefined : rootOf(value, url);
  const entries: readonly unknown[] = isList ? value : (root?.agents ?? []);
  const agents: RegistryEntry[] = [];
  const skipped: SkippedEntry[] = [];
  const place = isList ? [] : ["agents"];
  entries.forEach((entry, index) => {
    if (validateRegistryEntryTolerant(entry)) {
      const kept = keepKnown(entry, shape) as unknown as RegistryEntry;
      agents.push({ ...kept, skills: kept.skills ?? [] });
      return;
    }
    const loc = [...place, index];
    const issues = issuesOf(validateRegistryEntryTolerant.errors, loc);
    skipped.push({ pointer: `/${loc.join("/")}`, id: idOf(entry), issues });
  });
  return deepFreeze({
    url,
    version: root?.version ?? null,
    updatedAt: root?.updated_at ?? null,
    agents,
    skipped,
    findBySkill: (skill: string) => agents.filter((agent) => agent.skills?.includes(skill)),
    findById: (id: string) => agents.find((agent) => agent.id === id),
  });
}

interface Root {
  readonly version: string;
  readonly updated_at: string;
  readonly agents?: readonly unknown[];
}

function rootOf(value: unknown, url: string): Root {
  const agents: unknown =
    typeof value === "object" && value !== null ? (value as { agents?: unknown }).agents : undefined;
  const judged = Array.isArray(agents) ? { ...(value as object), agents: [] } : value;
  if (validateRegistryTolerant(judged)) return value as Root;
  const errors = value === undefined ? null : validateRegistryTolerant.errors;
  throw misfitError("asap:discovery/registry_invalid", "registry", url, errors);
}

function idOf(entry: unknown): string | undefined {
  const id: unknown = typeof entry === "object" && entry !== null ? (entry as { id?: unknown }).id : undefined;
  return typeof id === "string" ? id : undefined;
}
