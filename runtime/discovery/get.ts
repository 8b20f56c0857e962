import type { ValidationError } from "../../generated/contract.js";
import type { AsapErrorCode } from "../../generated/errors.js";
import { type BaseUrlOptions, httpUrl, shownUrl } from "../base-url.js";
import { readText } from "../body.js";
import { withDeadline } from "../deadline.js";
import { type EgressPolicy, ownWord } from "../egress.js";
import { AsapError } from "../error.js";
import { headersOf, isRedirect, network, redirectError } from "../network.js";
import { describeIssues, issuesOf } from "../validation.js";

/** Options of everything that fetches a document. */
export interface FetchOptions extends BaseUrlOptions {
  /** Headers of the request, such as Authorization. Default: none. */
  readonly headers?: HeadersInit;
  /** Ends the call at once with AsapError `asap:transport/aborted`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest duration, in milliseconds. */
  readonly timeoutMs?: number;
  /** Largest document, in bytes after content decoding. */
  readonly maxBytes?: number;
  /**
   * Addresses that may be reached. A URL that names this host itself (`localhost`, `127.0.0.1`, `[::1]`) is the caller's
   * own word and needs no leave, unless `allowLoopback` is false. Default: public addresses alone.
   */
  readonly egress?: EgressPolicy;
  /** Sends the request in place of the guarded `fetch`; `egress` then says nothing. Default: none. */
  readonly fetch?: typeof fetch;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** A fetched document, not judged yet. */
export interface Document {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a fetch is bounded by. */
export interface FetchBounds {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * Fetches a document by GET. Redirects are not followed and the size is bounded while reading.
 *
 * @param url Where it is.
 * @param options See {@link FetchOptions}; its signal is heeded.
 * @param bounds Used where the options set none.
 * @throws AsapError `asap:transport/connection_failed`, `address_refused`, `timeout`, `aborted`, `http_status` for a
 * redirect, `invalid_response` for a document too large or not UTF-8, `insecure_url`; `asap:config/invalid_option`.
 */
export async function getDocument(url: string, options: FetchOptions, bounds: FetchBounds): Promise<Document> {
  const target = httpUrl(url, options).href;
  const shown = shownUrl(target);
  const { timeoutMs = bounds.timeoutMs, maxBytes = bounds.maxBytes } = options;
  const headers = headersOf(options.headers);
  if (!headers.has("accept")) headers.set("Accept", "application/json");
  const get = async (signal: AbortSignal): Promise<Document> => {
    const send = options.fetch ?? (await import("#egress")).guardedFetch(ownWord(target, options.egress));
    const response = await network(send(target, { headers, redirect: "manual", signal }), signal, shown);
    if (isRedirect(response)) throw await redirectError(response, shown);
    const read = await network(readText(response, maxBytes), signal, shown);
    if ("text" in read) return { status: response.status, headers: response.headers, text: read.text };
    const data = { url: shown, reason: read.fault };
    throw new AsapError("asap:transport/invalid_response", { message: `The document is ${read.fault}.`, data });
  };
  return withDeadline(get, { signals: [options.signal], timeoutMs, url: shown });
}

/**
 * The error of a document that came with a failing status.
 *
 * @param url Where it was asked for.
 * @param status The HTTP status.
 */
export function statusError(url: string, status: number): AsapError {
  return new AsapError("asap:transport/http_status", {
    message: `The peer answered with HTTP status ${status}.`,
    data: { url: shownUrl(url), status },
  });
}

/**
 * The error of a document that is not what it was fetched for.
 *
 * @param code Code of the error.
 * @param what Kind of the document, such as `manifest`.
 * @param url Where it came from.
 * @param errors Faults its validator found; null where it is not JSON.
 */
export function misfitError(
  code: AsapErrorCode,
  what: string,
  url: string,
  errors: readonly ValidationError[] | null,
): AsapError {
  const issues = issuesOf(errors);
  const shown = shownUrl(url);
  return new AsapError(code, {
    message: `The ${what} at ${shown} does not fit its schema: ${errors === null ? "it is not JSON" : describeIssues(issues)}.`,
    data: { url: shown, validation_errors: issues },
  });
}
