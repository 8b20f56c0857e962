import { describe, expect, test } from "vitest";
import { addressOf, networkOf, rangeOf } from "./egress-address.js";

/** First and last address of each block, and the neighbours outside that are public. */
const ipv4Blocks: [block: string, range: string, first: string, last: string, before: string, after: string][] = [
  ["0.0.0.0/8", "unspecified", "0.0.0.0", "0.255.255.255", "", "1.0.0.0"],
  ["10.0.0.0/8", "private", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"],
  ["100.64.0.0/10", "carrierGradeNat", "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"],
  ["127.0.0.0/8", "loopback", "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"],
  ["168.63.129.16/32", "metadata", "168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"],
  ["169.254.0.0/16", "linkLocal", "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"],
  ["172.16.0.0/12", "private", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"],
  ["192.0.0.0/24", "reserved", "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"],
  ["192.0.2.0/24", "reserved", "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"],
  ["192.31.196.0/24", "as112", "192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0"],
  ["192.52.193.0/24", "amt", "192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0"],
  ["192.88.99.0/24", "reserved", "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"],
  ["192.168.0.0/16", "private", "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"],
  ["192.175.48.0/24", "as112", "192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0"],
  ["198.18.0.0/15", "reserved", "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"],
  ["198.51.100.0/24", "reserved", "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"],
  ["203.0.113.0/24", "reserved", "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"],
  ["224.0.0.0/4", "multicast", "224.0.0.0", "239.255.255.255", "223.255.255.255", ""],
  ["240.0.0.0/4", "reserved", "240.0.0.0", "255.255.255.254", "", ""],
  ["255.255.255.255/32", "broadcast", "255.255.255.255", "255.255.255.255", "", ""],
];

describe("rangeOf()", () => {
  test.each(ipv4Blocks)("%s is %s, its neighbours are public", (_, range, first, last, before, after) => {
    expect([rangeOf(first), rangeOf(last)]).toEqual([range, range]);
    for (const outside of [before, after]) if (outside !== "") expect(rangeOf(outside), outside).toBe("unicast");
  });

  test.each([
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::2", "ipv4Compatible"],
    ["100::1", "discard"],
    ["100:0:0:1::1", "notGlobal"],
    ["2001:db8::1", "reserved"],
    ["2001:2::1", "benchmarking"],
    ["2001:10::1", "deprecatedOrchid"],
    ["2001:20::1", "orchid2"],
    ["2001:1ff::1", "reserved"],
    ["3fff::1", "reserved"],
    ["4000::1", "notGlobal"],
    ["5f00::1", "segmentRouting"],
    ["fc00::1", "uniqueLocal"],
    ["fdff:ffff::1", "uniqueLocal"],
    ["fe00::1", "notGlobal"],
    ["fe80::1", "linkLocal"],
    ["fe80::1%lo", "linkLocal"],
    ["febf::1", "linkLocal"],
    ["fec0::1", "deprecatedSiteLocal"],
    ["ff02::1", "multicast"],
    ["fd00:ec2::254", "metadata"],
    ["fd00:ec2::23", "metadata"],
    ["fd20:ce::254", "metadata"],
    ["fd00:c1::a9fe:a9fe", "metadata"],
    ["fd00:42::42", "metadata"],
    ["2606:4700:4700::1111", "unicast"],
    ["2001:4860:4860::8888", "unicast"],
    ["2a00:1450::1", "unicast"],
    ["2001:200::1", "unicast"],
  ])("%s is %s", (address, range) => {
    expect(rangeOf(address)).toBe(range);
  });

  const hex = (address: string): string => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  };
  const targets = ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"];
  const carriers: [string, (address: string) => string][] = [
    ["mapped", (address) => `::ffff:${address}`],
    ["mapped in hexadecimal", (address) => `::ffff:${hex(address)}`],
    ["compatible", (address) => `::${hex(address)}`],
    ["compatible in dots", (address) => `::${address}`],
    ["compatible in dots, with a zone", (address) => `::${address}%lo`],
    ["translated", (address) => `::ffff:0:${hex(address)}`],
    ["NAT64", (address) => `64:ff9b::${hex(address)}`],
    ["NAT64 in dots", (address) => `64:ff9b::${address}`],
    ["NAT64 of a local network", (address) => `64:ff9b:1::${hex(address)}`],
    ["6to4", (address) => `2002:${hex(address)}::1`],
    ["Teredo client", (address) => `2001:0:808:808:0:0:${hex(address)}`],
    ["Teredo server", (address) => `2001:0:${hex(address)}::1`],
    ["ISATAP", (address) => `2a00:1450:1:1:0:5efe:${hex(address)}`],
    ["ISATAP of a public address", (address) => `2a00:1450:1:1:200:5efe:${hex(address)}`],
    ["ISATAP, link-local", (address) => `fe80::5efe:${hex(address)}`],
  ];

  test.each(carriers)("an IPv4 address within IPv6 is not public: %s", (_, within) => {
    for (const target of targets) expect(rangeOf(within(target)), within(target)).not.toBe("unicast");
  });

  test("only an IPv4-mapped address counts as the IPv4 address it is", () => {
    expect(rangeOf("::ffff:8.8.8.8")).toBe("unicast");
    expect(addressOf("::8.8.8.8")?.toNormalizedString()).toBe("0:0:0:0:0:0:808:808");
    expect(rangeOf("::ffff:127.0.0.1")).toBe("loopback");
    expect(rangeOf("::ffff:a9fe:a9fe")).toBe("linkLocal");
    const wrapped = carriers.filter(([name]) => !name.startsWith("mapped")).map(([, within]) => within("8.8.8.8"));
    for (const address of wrapped) expect(rangeOf(address), address).not.toBe("unicast");
  });

  test.each(["", "a.example", "127.1", "0x7f.1", "010.0.0.1", "127.0.0.1.", "[::1]", "1.2.3.4.5", "::1::", "8.8.8.8 "])(
    "%j is no address",
    (text) => {
      expect(rangeOf(text)).toBe("invalid");
      expect(addressOf(text)).toBeUndefined();
    },
  );
});

describe("networkOf()", () => {
  test.each([
    ["10.0.0.0/8", "10.0.0.0", 8],
    ["10.1.2.3/16", "10.1.2.3", 16],
    ["0.0.0.0/0", "0.0.0.0", 0],
    ["fd00::/8", "fd00:0:0:0:0:0:0:0", 8],
    ["::/128", "0:0:0:0:0:0:0:0", 128],
    ["::ffff:10.0.0.0/104", "10.0.0.0", 8],
    ["::10.0.0.0/104", "0:0:0:0:0:0:a00:0", 104],
  ])("reads %s", (text, address, bits) => {
    const network = networkOf(text);
    expect([network?.[0].toNormalizedString(), network?.[1]]).toEqual([address, bits]);
  });

  test.each([
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "10/8",
    "010.0.0.0/8",
    "0x0a.0.0.0/8",
    "fd00::/129",
    "fe80::1%lo/10",
    "agents.example/8",
    "/8",
    "",
  ])("refuses %j", (text) => {
    expect(networkOf(text)).toBeUndefined();
  });
});
