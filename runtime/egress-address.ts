import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ReturnType<typeof ipaddr.parse>;

/** A network: its address and the length of its prefix. */
export type Network = readonly [Address, number];

/** Networks of cloud platforms that tell secrets of the machine, within ranges that are otherwise public or private. */
const metadata: readonly Network[] = [
  "168.63.129.16/32",
  "fd00:ec2::/32",
  "fd00:c1::/32",
  "fd00:42::42/128",
  "fd20:ce::/32",
].map((text) => ipaddr.parseCIDR(text));

const globalUnicast: Network = ipaddr.parseCIDR("2000::/3");
const ipv4Compatible: Network = ipaddr.parseCIDR("::/96");

/**
 * The kind of an address: `unicast` for a public one, otherwise why it is none, such as `loopback`, `private`,
 * `uniqueLocal`, `linkLocal`, `metadata`; `invalid` for text that is no address. An IPv6 address that holds an IPv4 one
 * is never `unicast`, but for an IPv4-mapped one, which is judged as the IPv4 address it is.
 *
 * @param text An IP address without brackets.
 * @see RFC 6890
 */
export function rangeOf(text: string): string {
  const address = addressOf(text);
  if (address === undefined) return "invalid";
  if (metadata.some((network) => isWithin(address, network))) return "metadata";
  const range: string = address.range();
  if (range !== "unicast" || address.kind() === "ipv4") return range;
  if (isWithin(address, ipv4Compatible)) return "ipv4Compatible";
  if (!isWithin(address, globalUnicast)) return "notGlobal";
  return isIsatap(address) ? "isatap" : range;
}

/** The address that a text means, an IPv4-mapped one as IPv4; undefined for anything else. */
export function addressOf(text: string): Address | undefined {
  const plain = withoutDots(text);
  return isIP(text) === 0 || !ipaddr.isValid(plain) ? undefined : ipaddr.process(plain);
}

/**
 * An IPv6 address whose end is written as an IPv4 one, in hexadecimal: `::7f00:1` for `::127.0.0.1`, which the parser
 * would take for the IPv4-mapped `::ffff:127.0.0.1`, another address.
 */
function withoutDots(text: string): string {
  const [address = "", ...zone] = text.split("%");
  if (isIP(address) !== 6 || !address.includes(".")) return text;
  return [new URL(`http://[${address}]`).hostname.slice(1, -1), ...zone].join("%");
}

/** One way to write an address, for comparison. */
export const canonical = (text: string): string => addressOf(text)?.toNormalizedString() ?? text;

/** Whether an address is within a network. */
export function isWithin(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match([network, bits]);
}

/**
 * Reads a network in CIDR form.
 *
 * @returns The network, IPv4-mapped ones as IPv4; undefined for other text.
 */
export function networkOf(text: string): Network | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const kind = isIP(address);
  if (rest.length > 0 || kind === 0 || address.includes("%") || !/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const bits = Number(prefix);
  if (bits > (kind === 4 ? 32 : 128)) return undefined;
  const plain = withoutDots(address);
  const parsed = ipaddr.parse(plain);
  const isMapped = "isIPv4MappedAddress" in parsed && parsed.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [ipaddr.process(plain), bits - 96] : [parsed, bits];
}

/** Whether the second half of an address is made of an IPv4 address, as ISATAP does (RFC 5214, section 6.1). */
function isIsatap(address: Address): boolean {
  const bytes = address.toByteArray();
  const marker = bytes.slice(8, 12);
  return ((marker[0] ?? 0) & 0xfc) === 0 && marker[1] === 0 && marker[2] === 0x5e && marker[3] === 0xfe;
}
