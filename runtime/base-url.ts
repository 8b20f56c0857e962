import { isLoopbackUrl } from "./egress.js";
import { AsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";

/** How strictly a URL is taken. */
export interface BaseUrlOptions {
  /** Allows plain `http` to hosts other than this one. Default: false. */
  readonly allowInsecure?: boolean | undefined;
}

/**
 * Reads the URL of an HTTP resource and refuses what a client must not call.
 *
 * @param text Absolute `https` URL, or `http` where this host is named (`localhost`, `127.0.0.1`, `::1`).
 * @param options See {@link BaseUrlOptions}.
 * @returns The URL.
 * @throws AsapError `asap:config/invalid_option` for text that is no such URL or one that holds credentials;
 * `asap:transport/insecure_url` for plain `http` elsewhere.
 * @see ASAP 1.1, section 16
 */
export function httpUrl(text: string | URL, options: BaseUrlOptions = {}): URL {
  const given = String(text);
  if (!URL.canParse(given)) throw refused("is no absolute URL");
  const url = new URL(given);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refused(`has the scheme ${url.protocol}`);
  if (url.username !== "" || url.password !== "") throw refused("holds credentials; pass them as headers");
  if (url.protocol === "http:" && !isLoopbackUrl(url) && options.allowInsecure !== true) {
    throw new AsapError("asap:transport/insecure_url", { data: { url: shownUrl(url.href) } });
  }
  return url;
}

const refused = (reason: string): AsapError => invalidOption("url", reason);

/**
 * Finds the base URL of an agent: no slash at the end, and without the `/asap` of its RPC route, which may be given.
 *
 * @param text URL of the agent, with or without a path prefix, `/asap` and trailing slashes.
 * @param options See {@link BaseUrlOptions}.
 * @param rpcPath Path of the RPC route. Default: `/asap`.
 * @returns The base URL, to which the paths of the protocol are appended.
 * @throws AsapError as {@link httpUrl} does, and `asap:config/invalid_option` for a URL with a query or fragment.
 * @see ASAP 1.1, section 16
 */
export function agentBaseUrl(text: string | URL, options: BaseUrlOptions = {}, rpcPath = "/asap"): string {
  const url = httpUrl(text, options);
  if (url.search !== "") throw refused("has a query");
  if (url.hash !== "") throw refused("has a fragment");
  const path = url.pathname.replace(/\/+$/, "");
  return url.origin + (path.endsWith(rpcPath) ? path.slice(0, -rpcPath.length) : path);
}

/** A URL as errors may show it: without userinfo, query and fragment, which may hold secrets. */
export const shownUrl = (url: string): string => url.replace(/[?#].*$/s, "").replace(/^([^/]*\/\/)[^/]*@/, "$1");
