import { plainHost } from "../egress-rules.js";

/**
 * A resolver that knows some hosts and asks nobody: any other does not resolve. Names compare in lower case and punycode,
 * without the dot at their end.
 *
 * @param hosts Addresses by name.
 * @returns The resolver, as an egress policy takes it.
 */
export function knownHosts(
  hosts: Iterable<readonly [name: string, addresses: readonly string[]]>,
): (host: string) => Promise<readonly string[]> {
  const known = new Map<string, readonly string[]>();
  for (const [name, addresses] of hosts) {
    const host = hostName(name);
    known.set(host, [...(known.get(host) ?? []), ...addresses]);
  }
  return async (host) => {
    const addresses = known.get(hostName(host)) ?? [];
    if (addresses.length === 0) throw new Error(`${host} is not known`);
    return addresses;
  };
}

/** A name as URLs have it; one that no URL can have as it is. */
function hostName(name: string): string {
  const url = `http://${name}/`;
  return plainHost(URL.canParse(url) ? new URL(url).hostname : name);
}
