import type { DocumentKind, Served } from "./case.js";

/** A document that was read from a URL. */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly served: Served;
}

/** How a document is read from a URL. */
export interface FetchOptions {
  /** Milliseconds it may take, body included. */
  readonly timeoutMs: number;
  /** Largest body in bytes. */
  readonly maxBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const maxRedirects = 10;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Reads a document from a URL. Redirects are followed to a registry and not to a manifest, as clients do; the caller's
 * headers go to the origin of the URL alone.
 *
 * @returns the document, or why there is none to judge
 */
export async function fetchDocument(kind: DocumentKind, url: URL, options: FetchOptions): Promise<Fetched | string> {
  const late = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
  try {
    const response = await follow(kind, url, options.headers, signal);
    if (typeof response === "string") return response;
    if (response.status !== 200) {
      await response.body?.cancel();
      return `the URL answered with HTTP status ${response.status}`;
    }
    const bytes = await collect(response.body, options.maxBytes);
    if (bytes === null) return `the document is larger than ${options.maxBytes} bytes`;
    return { bytes, served: { status: 200, header: (name) => response.headers.get(name) ?? undefined } };
  } catch (cause) {
    if (options.signal?.aborted) return "the run was stopped";
    return late.aborted
      ? `the URL did not answer within ${options.timeoutMs} ms`
      : `the URL could not be read${why(cause)}`;
  }
}

/** The answer at the end of the redirects that are followed, or why there is none. */
async function follow(
  kind: DocumentKind,
  from: URL,
  headers: FetchOptions["headers"],
  signal: AbortSignal,
): Promise<Response | string> {
  let url = from;
  let own = headers;
  for (let followed = 0; followed <= maxRedirects; followed += 1) {
    const response = await fetch(url, { signal, redirect: "manual", headers: { Accept: "application/json", ...own } });
    const location = response.headers.get("location");
    if (kind !== "registry" || !redirects.has(response.status) || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    if (next === null || !/^https?:$/.test(next.protocol) || next.username !== "" || next.password !== "")
      return "the URL redirects to what is no http or https URL without credentials";
    if (url.protocol === "https:" && next.protocol === "http:") return "the URL redirects from https to http";
    if (next.origin !== from.origin) own = {};
    url = next;
  }
  return `the URL redirects more than ${maxRedirects} times`;
}

/** The whole body; null when it is too large. */
async function collect(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function why(cause: unknown): string {
  const { cause: inner } = cause as { cause?: { code?: unknown } };
  return typeof inner?.code === "string" ? `: ${inner.code}` : "";
}
