/** Why a name is not asked of a resolver. */
export type NameFault =
  /** Longer than DNS has them, with an empty label, or with a sign that no host name has. */
  | "name"
  /** This host. */
  | "localhost"
  /** A service that tells secrets of the machine. */
  | "metadata_name"
  /** A name of some inner network, which anybody outside has no business with. */
  | "internal_name";

/** Names of this host beside `localhost` and what is under it (RFC 6761, section 6.3; hosts files of common systems). */
const localNames = new Set(["localhost", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "broadcasthost"]);
const localFamilies = ["localhost", "localdomain", "localdomain4", "localdomain6"];

/** Metadata services of cloud platforms that have a name outside the inner families. */
const metadataNames = new Set([
  "metadata",
  "instance-data",
  "rancher-metadata",
  "metadata.goog",
  "metadata.azure.com",
  "metadata.tencentyun.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "metadata.platform.equinix.com",
  "api.metadata.cloud.ibm.com",
]);
const metadataLabel = /^(?:metadata|instance-data)\b/;

/**
 * Families that no public resolver answers for, or that inner networks use by custom: reserved names (RFC 6762, RFC
 * 8375, RFC 7686, ICANN's `internal`), names that ICANN will not give away (`home`, `corp`, `mail`), and those of
 * clusters and containers.
 */
const innerFamilies = [
  "internal",
  "local",
  "lan",
  "home",
  "corp",
  "mail",
  "intranet",
  "private",
  "priv",
  "intra",
  "home.arpa",
  "in-addr.arpa",
  "ip6.arpa",
  "invalid",
  "onion",
  "alt",
  "svc",
  "cluster",
  "consul",
  "docker",
  "kubernetes",
  "default",
];

const isWithin = (name: string, family: string): boolean => name === family || name.endsWith(`.${family}`);
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Judges a name without asking anybody.
 *
 * @param name In lower case and punycode, without a dot at its end; no address.
 * @returns What is wrong with it; undefined for a name that a resolver may be asked for.
 */
export function nameFault(name: string): NameFault | undefined {
  if (name.length > 253 || !name.split(".").every((part) => label.test(part))) return "name";
  if (localNames.has(name) || localFamilies.some((family) => isWithin(name, family))) return "localhost";
  const isInner = !name.includes(".") || innerFamilies.some((family) => isWithin(name, family));
  if (metadataNames.has(name) || (isInner && metadataLabel.test(name))) return "metadata_name";
  return isInner ? "internal_name" : undefined;
}
