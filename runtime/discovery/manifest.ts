import type { Manifest } from "../../generated/models.js";
import { validateManifestTolerant } from "../../generated/validators/manifest-tolerant.js";
import { agentBaseUrl, httpUrl, shownUrl } from "../base-url.js";
import { jsonOf } from "../body.js";
import { withDeadline } from "../deadline.js";
import { AsapError } from "../error.js";
import { headersOf } from "../network.js";
import { cacheKey, createFetchCache, type FetchCache, freshSeconds } from "./cache.js";
import { type FetchOptions, getDocument, misfitError, statusError } from "./get.js";
import { deepFreeze, keepKnown, type Shape } from "./known.js";

/** Manifests by URL and credentials; see {@link createManifestCache}. */
export type ManifestCache = FetchCache<Manifest>;

/** Options of {@link discover}. Defaults: 10,000 ms, 1,048,576 bytes. */
export interface DiscoverOptions extends FetchOptions {
  /** Agent the manifest must be of, a URN. Default: any. */
  readonly expectId?: string | undefined;
  /** Where manifests are kept; false asks the agent each time. Default: one place for the whole program. */
  readonly cache?: ManifestCache | false;
}

const manifestPath = "/.well-known/asap/manifest.json";
const bounds = { timeoutMs: 10_000, maxBytes: 1_048_576 };
const defaultAgeSeconds = 300;

const shape = {
  id: true,
  name: true,
  version: true,
  description: true,
  capabilities: {
    asap_version: true,
    skills: [{ id: true, description: true, input_schema: true, output_schema: true }],
    state_persistence: true,
    streaming: true,
    mcp_tools: true,
  },
  endpoints: { asap: true, events: true },
  auth: { schemes: true, oauth2: true },
  signature: true,
  ttl_seconds: true,
} as const satisfies Shape & Record<keyof Manifest, unknown>;

const shared: ManifestCache = createFetchCache();

/**
 * Makes a place where {@link discover} keeps manifests.
 *
 * @param max Most manifests it keeps; the longest unused goes first. Default: 1,000.
 */
export function createManifestCache(max?: number): ManifestCache {
  return createFetchCache(max);
}

/**
 * Fetches the manifest of an agent. Members it does not know are dropped, every authentication scheme is accepted.
 *
 * Manifests are kept per URL and headers for the `max-age` of their Cache-Control, at most a day, 300 seconds without
 * one; then asked for again with If-None-Match. Concurrent callers share one request. Failures are not kept.
 *
 * @param baseUrl URL of the agent, with or without `/asap` at its end, or of the manifest itself, which ends in
 * `.json`.
 * @param options See {@link DiscoverOptions}.
 * @returns The manifest, frozen.
 * @throws AsapError `asap:discovery/manifest_invalid`, `asap:discovery/manifest_mismatch` when it is not of
 * `expectId`; `asap:transport/http_status`, `connection_failed`, `timeout`, `aborted`, `invalid_response` when it is
 * too large, `insecure_url`; `asap:config/invalid_option`.
 * @see ASAP 1.1, sections 13.1, 18 and 19
 */
export async function discover(baseUrl: string | URL, options: DiscoverOptions = {}): Promise<Manifest> {
  const given = httpUrl(baseUrl, options);
  const target = given.pathname.endsWith(".json") ? given.href : agentBaseUrl(given, options) + manifestPath;
  const { timeoutMs = bounds.timeoutMs, signal, expectId, cache = shared } = options;
  const manifest = await withDeadline(() => read(target, options, cache), {
    signals: [signal],
    timeoutMs,
    url: shownUrl(target),
  });
  if (expectId !== undefined && manifest.id !== expectId) {
    throw new AsapError("asap:discovery/manifest_mismatch", { data: { expected: expectId, received: manifest.id } });
  }
  return manifest;
}

async function read(url: string, options: DiscoverOptions, cache: ManifestCache | false): Promise<Manifest> {
  const { signal: _, ...alone } = options;
  if (cache === false) return (await ask(url, options)).value;
  const headers = headersOf(options.headers);
  const key = cacheKey(url, headers);
  const now = options.now ?? Date.now;
  const kept = cache.get(key);
  if (kept !== undefined && now() < kept.freshUntil) return kept.value;
  return cache.share(key, async () => {
    if (kept?.etag != null) headers.set("If-None-Match", kept.etag);
    const answer = await ask(url, { ...alone, headers }, kept?.value);
    const seconds = freshSeconds(answer.headers.get("cache-control"), defaultAgeSeconds);
    const etag = answer.headers.get("etag") ?? (answer.value === kept?.value ? (kept?.etag ?? null) : null);
    if (seconds === undefined) cache.delete(key);
    else cache.set(key, { value: answer.value, etag, freshUntil: now() + seconds * 1_000 });
    return answer.value;
  });
}

async function ask(
  url: string,
  options: FetchOptions,
  kept?: Manifest,
): Promise<{ readonly value: Manifest; readonly headers: Headers }> {
  const { status, headers, text } = await getDocument(url, options, bounds);
  if (status === 304 && kept !== undefined) return { value: kept, headers };
  if (status < 200 || status > 299) throw statusError(url, status);
  return { value: deepFreeze(judgeManifest(jsonOf(text), url)), headers };
}

/**
 * Judges a manifest from a stranger.
 *
 * @param value The parsed document; undefined when it is not JSON.
 * @param url Where it came from, for the error.
 * @returns A copy without unknown members.
 * @throws AsapError `asap:discovery/manifest_invalid`, `asap:auth/unsupported_scheme`.
 */
export function judgeManifest(value: unknown, url: string): Manifest {
  if (!validateManifestTolerant(withKnownSchemes(value))) {
    const errors = value === undefined ? null : validateManifestTolerant.errors;
    throw misfitError("asap:discovery/manifest_invalid", "manifest", url, errors);
  }
  return keepKnown(value as Manifest, shape) as unknown as Manifest;
}

/** Schemes a reader takes; `oauth2` is what a publisher means by `bearer` with an `oauth2` object. */
const knownSchemes = ["bearer", "basic", "oauth2"];

/**
 * The document with its authentication schemes set aside, after they were judged: a reader knows one more than a
 * publisher may write.
 *
 * @throws AsapError `asap:auth/unsupported_scheme`.
 */
function withKnownSchemes(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { auth } = value as { auth?: unknown };
  if (typeof auth !== "object" || auth === null) return value;
  const { schemes } = auth as { schemes?: unknown };
  if (!Array.isArray(schemes) || !schemes.every((scheme) => typeof scheme === "string")) return value;
  const scheme = schemes.find((each: string) => !knownSchemes.includes(each.toLowerCase()));
  if (scheme !== undefined) {
    throw new AsapError("asap:auth/unsupported_scheme", {
      message: `The manifest asks for the scheme ${JSON.stringify(String(scheme).slice(0, 100))}.`,
      data: { scheme, supported_schemes: knownSchemes },
    });
  }
  return { ...value, auth: { ...auth, schemes: [] } };
}
