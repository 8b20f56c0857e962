import type { EgressPolicy } from "./egress.js";
import { addressOf, isWithin, type Network, networkOf, rangeOf } from "./egress-address.js";
import { namesOf, systemResolver } from "./egress-names.js";
import { AsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";

/** A checked {@link EgressPolicy}. */
export interface EgressRules {
  /**
   * Finds the addresses of a host, those it had a moment ago where the policy has answers kept, and judges each.
   *
   * @param host Name or address as in a URL.
   * @returns At least one address, all of them allowed.
   * @throws AsapError `asap:transport/address_refused` when one of them is not allowed; what the resolver throws.
   */
  addressesOf(host: string): Promise<readonly string[]>;
  /**
   * Judges one address.
   *
   * @throws AsapError `asap:transport/address_refused`.
   */
  check(host: string, address: string): void;
  /**
   * Has the addresses of a host found anew the next time, where they are still these.
   *
   * @param addresses What `addressesOf` gave.
   */
  forget(host: string, addresses: readonly string[]): void;
  /** Whether the policy allows a host by its name, whatever its address. */
  allowsHost(host: string): boolean;
}

const isLoopbackName = (name: string): boolean => name === "localhost" || name.endsWith(".localhost");
const loopbackAddresses = ["127.0.0.1", "::1"];
const defaultDnsTtlMs = 5_000;
const longestDnsTtlMs = 3_600_000;

/** A host without brackets, in lower case, without the dot at its end. */
export const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/s, "$1")
    .replace(/\.$/, "");

/**
 * Checks a policy.
 *
 * @throws AsapError `asap:config/invalid_option` naming the option and what in it cannot be.
 */
export function egressRules(policy: EgressPolicy): EgressRules {
  const networks = (policy.allowNetworks ?? []).map(checkedNetwork);
  const hosts = new Set((policy.allowHosts ?? []).map(checkedHost));
  const names = namesOf(policy.resolve ?? systemResolver);
  const ttlMs = checkedTtl(policy.dnsTtlMs ?? (policy.resolve === undefined ? defaultDnsTtlMs : 0));

  const isAllowedHost = (name: string): boolean => {
    if (hosts.has(name)) return true;
    for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      if (hosts.has(`*${name.slice(dot)}`)) return true;
    }
    return false;
  };

  const faultOf = (address: string): string | undefined => {
    const range = rangeOf(address);
    if (range === "unicast") return undefined;
    if (range === "loopback" && policy.allowLoopback === true) return undefined;
    if ((range === "private" || range === "uniqueLocal") && policy.allowPrivate === true) return undefined;
    const parsed = addressOf(address);
    const isNamed = parsed !== undefined && networks.some((network) => isWithin(parsed, network));
    return isNamed ? undefined : range;
  };

  const check = (host: string, address: string): void => {
    const name = plainHost(host);
    const fault = addressOf(address) !== undefined && isAllowedHost(name) ? undefined : faultOf(address);
    if (fault !== undefined) throw refused(name, address, fault);
  };

  return {
    check,
    allowsHost: (host) => isAllowedHost(plainHost(host)),
    async addressesOf(host) {
      const name = plainHost(host);
      const addresses = await found(name);
      for (const address of addresses) check(name, address);
      return addresses;
    },
    forget: (host, addresses) => names.forget(plainHost(host), addresses),
  };

  async function found(name: string): Promise<readonly string[]> {
    if (addressOf(name) !== undefined) return [name];
    if (isLoopbackName(name)) return loopbackAddresses;
    const addresses = await names.addressesOf(name, ttlMs);
    if (addresses.length === 0) throw new Error(`${name} has no address`);
    return addresses;
  }
}

/** The option that opens a range. */
const openers: Readonly<Record<string, string>> = {
  loopback: "allowLoopback",
  private: "allowPrivate",
  uniqueLocal: "allowPrivate",
};

function refused(host: string, address: string, range: string): AsapError {
  const what = host === address ? address : `${address}, an address of ${host},`;
  const unset = openers[range] === undefined ? "" : `, and ${openers[range]} is not set`;
  return new AsapError("asap:transport/address_refused", {
    message: `The address ${what} is not allowed: it is ${range}${unset}.`,
    data: { host, address, range },
  });
}

function checkedTtl(ttlMs: number): number {
  if (Number.isInteger(ttlMs) && ttlMs >= 0 && ttlMs <= longestDnsTtlMs) return ttlMs;
  throw invalidOption("egress.dnsTtlMs", `must be a whole number from 0 to ${longestDnsTtlMs}`);
}

function checkedNetwork(entry: string): Network {
  const network = networkOf(entry);
  if (network !== undefined) return network;
  throw invalidOption("egress.allowNetworks", `holds ${JSON.stringify(entry)}, which is no network in CIDR form`);
}

/** A host of the policy in the form that hosts of URLs have. */
function checkedHost(entry: string): string {
  const [, wildcard = "", rest = ""] = /^(\*\.)?(.*)$/s.exec(entry) ?? [];
  const text = rest.includes(":") && !rest.startsWith("[") ? `[${rest}]` : rest;
  const url = `http://${text}/`;
  const host = URL.canParse(url) && !/[\s/@?#\\*]/.test(text) ? new URL(url) : undefined;
  const isAddress = host !== undefined && addressOf(plainHost(host.hostname)) !== undefined;
  if (host !== undefined && host.hostname !== "" && host.port === "" && !(isAddress && wildcard !== ""))
    return wildcard + plainHost(host.hostname);
  throw invalidOption("egress.allowHosts", `holds ${JSON.stringify(entry)}, which is no host`);
}
