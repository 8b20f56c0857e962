import { jsonOf } from "../body.js";
import { getDocument } from "../discovery/get.js";
import { type EgressPolicy, othersWord } from "../egress.js";
import { AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { Refreshed } from "./refreshed.js";
import { unavailable } from "./unavailable.js";

/** How documents of an issuer are fetched. */
export interface IssuerFetchOptions {
  /** What may be reached; public addresses alone by default, so that an issuer on this host takes `allowLoopback`. */
  readonly egress?: EgressPolicy;
  /** Allows plain http to hosts other than this one. Default: false. */
  readonly allowInsecure?: boolean;
  /** Longest duration of one request, in milliseconds. Default: 5,000. */
  readonly timeoutMs?: number;
  /** Default: the guarded fetch of the package. */
  readonly fetch?: typeof fetch;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** What an issuer says of itself: OpenID Connect discovery, or RFC 8414. Members as they travel. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly token_endpoint?: string;
  readonly authorization_endpoint?: string;
  readonly jwks_uri?: string;
  readonly introspection_endpoint?: string;
  readonly [member: string]: unknown;
}

const bounds = { timeoutMs: 5_000, maxBytes: 262_144 };
const endpoints = ["token_endpoint", "authorization_endpoint", "jwks_uri", "introspection_endpoint"] as const;

/**
 * Fetches a document of an issuer. What is not reached, and every status but 200, is `asap:auth/unavailable`; its data
 * names the URL and the reason.
 *
 * @param otherwise Where it is looked for when the first place answers with a 4xx status.
 */
export async function issuerDocument(
  url: string,
  options: IssuerFetchOptions,
  otherwise?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { egress, allowInsecure, timeoutMs, fetch, now } = options;
  const fetching = {
    egress: othersWord(egress),
    ...(allowInsecure !== undefined && { allowInsecure }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(fetch !== undefined && { fetch }),
    ...(now !== undefined && { now }),
  };
  const { status, text } = await getDocument(url, fetching, bounds).catch((cause: unknown) => {
    throw unavailable(isAsapError(cause) ? cause.message.replace(/\.$/, "") : "it was not reached", { url }, cause);
  });
  if (status >= 400 && status <= 499 && otherwise !== undefined) return issuerDocument(otherwise, options);
  if (status !== 200) throw unavailable(`it answered with HTTP status ${status}`, { url });
  const value = jsonOf(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unavailable("it answered no JSON object", { url });
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Where the metadata of an issuer may be: OpenID Connect Discovery section 4, then RFC 8414 section 3.1. */
function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, "");
  return [
    `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** Checks the text of an issuer's URL. */
export function checkedIssuer(issuer: string, option = "issuer"): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== ""
  )
    throw invalidOption(option, "must be an absolute http or https URL without query, fragment and credentials");
  return issuer;
}

/**
 * Fetches the metadata of an issuer once.
 *
 * @param issuer Identifier of the issuer, a URL; the metadata must name it in the same characters.
 * @throws AsapError `asap:auth/issuer_mismatch`, `asap:auth/unavailable`, `asap:config/invalid_option`.
 * @see OpenID Connect Discovery 1.0, section 4.3; RFC 8414, section 3.3
 */
export async function fetchIssuerMetadata(issuer: string, options: IssuerFetchOptions = {}): Promise<IssuerMetadata> {
  const [first = "", second = ""] = metadataUrls(checkedIssuer(issuer));
  const document = await issuerDocument(first, options, second);
  const { issuer: named } = document;
  if (named !== issuer) {
    const received = typeof named === "string" ? named.slice(0, 300) : null;
    throw new AsapError("asap:auth/issuer_mismatch", {
      message: `The metadata of ${issuer} is of another issuer: ${JSON.stringify(received)}.`,
      data: { expected: issuer, received },
    });
  }
  for (const name of endpoints) {
    const value = document[name];
    if (value !== undefined && !(typeof value === "string" && URL.canParse(value)))
      throw unavailable(`its metadata holds no URL as ${name}`, { issuer });
  }
  return document as IssuerMetadata;
}

/**
 * The metadata of an issuer, fetched when it is first needed and kept for an hour; concurrent callers share one request
 * and failing ones are spaced out.
 *
 * @param issuer Identifier of the issuer, a URL.
 * @returns Gives the metadata; throws AsapError as {@link fetchIssuerMetadata} does.
 */
export function keptMetadata(issuer: string, options: IssuerFetchOptions = {}): () => Promise<IssuerMetadata> {
  const hourMs = 3_600_000;
  const rules = { maxAgeMs: hourMs, staleMs: hourMs, cooldownMs: 30_000, now: options.now ?? Date.now };
  const refreshed = new Refreshed(() => fetchIssuerMetadata(checkedIssuer(issuer), options), rules);
  return async () => refreshed.get();
}
