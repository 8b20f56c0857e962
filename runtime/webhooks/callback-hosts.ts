import { invalidOption } from "../invalid-option.js";

/** Callbacks that requests may ask for: all, none, or those to some hosts, written as in URLs. */
export type CallbackHosts = boolean | ReadonlySet<string>;

/**
 * Checks which callbacks requests may ask for.
 *
 * @param given True for all, false for none, or hosts: names or addresses, without ports.
 * @throws AsapError `asap:config/invalid_option` naming the entry that is no host.
 */
export function callbackHosts(given: boolean | readonly string[]): CallbackHosts {
  return typeof given === "boolean" ? given : new Set(given.map(hostOf));
}

function hostOf(entry: string): string {
  const text = `https://${entry.includes(":") && !entry.startsWith("[") ? `[${entry}]` : entry}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.host === url.hostname && url.pathname === "/" && !/[\s@?#\\*]/.test(entry))
    return url.hostname;
  throw invalidOption("webhooks.callbacks", `holds ${JSON.stringify(entry)}, which is no host`);
}
