import { invalidOption } from "../invalid-option.js";

/** Whom a server lets speak to it, by the headers that browsers write. */
export interface OriginOptions {
  /**
   * Values of the Host header that are taken beside those of this host, when the server listens on this host alone;
   * without port to take any port. Default: that of `publicUrl`.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Origins of web pages that may call the agent, such as `https://app.example.com`, or `*`. Default: pages of this
   * host when the server listens on this host alone, otherwise every page.
   */
  readonly allowedOrigins?: readonly string[];
}

/** Judges the Host and Origin header of a request; gives the reason to refuse it, or undefined. */
export type OriginCheck = (host: string | undefined, origin: string | undefined) => string | undefined;

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address to listen on is reached from this host alone. */
export const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || /^127(?:\.\d{1,3}){3}$/.test(address);

/**
 * Makes the check that keeps web pages and rebound DNS names away from an agent that listens on this host alone.
 *
 * @param address Address the server listens on.
 * @param publicUrl URL under which peers reach the agent, when that was set.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function originCheck(address: string, publicUrl: string | undefined, options: OriginOptions): OriginCheck {
  const local = isLoopback(address);
  const hosts = new Set([...loopback, address]);
  const { allowedOrigins } = options;
  for (const host of options.allowedHosts ?? []) hosts.add(host.toLowerCase());
  if (publicUrl !== undefined) {
    if (!URL.canParse(publicUrl)) throw invalidOption("publicUrl", "is no absolute URL");
    const url = new URL(publicUrl);
    hosts.add(url.hostname);
    hosts.add(url.host);
  }
  const hostAllowed = (host: string): boolean => hosts.has(host) || hosts.has(host.replace(/:\d*$/, ""));
  const originAllowed = (origin: string): boolean => {
    if (allowedOrigins !== undefined) return allowedOrigins.includes("*") || allowedOrigins.includes(origin);
    if (!local) return true;
    return URL.canParse(origin) && hostAllowed(new URL(origin).host);
  };
  let latestHost: string | undefined;
  return (host, origin) => {
    if (local && host !== undefined && host !== latestHost) {
      if (!hostAllowed(host.toLowerCase())) return "Host not allowed";
      latestHost = host;
    }
    return origin === undefined || originAllowed(origin) ? undefined : "Origin not allowed";
  };
}
