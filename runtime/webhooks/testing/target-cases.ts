import type { TargetRule } from "../target.js";

/** A URL and what is to become of it. */
export interface TargetCase {
  readonly url: string;
  /** The rule it breaks, or the range its address is of; null where webhooks may be posted to it. */
  readonly rule: TargetRule | (string & {}) | null;
  /** Addresses of names; others do not resolve. */
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  /** Default: true. */
  readonly requireHttps?: boolean;
}

const publicV4 = "93.184.215.14";
const publicV6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c";
const hook = "hooks.partner.example";

const of = (rule: TargetCase["rule"], urls: readonly string[], more: Partial<TargetCase> = {}): TargetCase[] =>
  urls.map((url) => ({ url, rule, ...more }));
const hosts = (rule: TargetCase["rule"], names: readonly string[], more: Partial<TargetCase> = {}): TargetCase[] =>
  of(
    rule,
    names.map((name) => `https://${name}/hook`),
    more,
  );
/** A name that resolves to addresses. */
const leading = (rule: TargetCase["rule"], addresses: readonly string[]): TargetCase => ({
  url: `https://${hook}/hook?to=${encodeURIComponent(addresses.join("+"))}`,
  rule,
  dns: { [hook]: addresses },
});

const hex = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
};

/** Each block of IPv4 that is not public: its first, a middle and its last address. */
const ipv4: [range: string, addresses: string[]][] = [
  ["unspecified", ["0.0.0.0", "0.1.2.3", "0.255.255.255"]],
  ["private", ["10.0.0.0", "10.20.30.40", "10.255.255.255"]],
  ["carrierGradeNat", ["100.64.0.0", "100.100.100.200", "100.127.255.255"]],
  ["loopback", ["127.0.0.1", "127.80.1.2", "127.255.255.255"]],
  ["metadata", ["168.63.129.16"]],
  ["linkLocal", ["169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255"]],
  ["private", ["172.16.0.0", "172.20.1.1", "172.31.255.255"]],
  ["reserved", ["192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.1"]],
  ["private", ["192.168.0.0", "192.168.1.1", "192.168.255.255"]],
  ["reserved", ["198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.7"]],
  ["multicast", ["224.0.0.1", "232.1.1.1", "239.255.255.250"]],
  ["reserved", ["240.0.0.0", "250.1.2.3", "255.255.255.254"]],
  ["broadcast", ["255.255.255.255"]],
];

/** Just outside of those. */
const neighbours = [
  "1.0.0.0",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.0.3.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "198.51.99.255",
  "198.51.101.0",
  "203.0.112.255",
  "203.0.114.0",
  "223.255.255.255",
];

/** Other spellings of 127.0.0.1, 169.254.169.254 and addresses that programs disagree about. */
const spellings = [
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7F.0.0.1",
  "0x7f.1",
  "017700000001",
  "0177.0.0.1",
  "0177.0x0.0.01",
  "127.0.0.0x1",
  "127.0.0.1.",
  "127.0.0.01",
  "0127.0.0.1",
  "010.0.0.1",
  "00000010.0.0.1",
  "0",
  "0x0",
  "0x",
  "1.2.3.0x",
  "2852039166",
  "0xa9fea9fe",
  "0xA9.0xFE.0xA9.0xFE",
  "0251.0376.0251.0376",
  "169.254.43518",
  "169.16689662",
  "134744072",
  "8.8.2056",
  "１２７.0.0.1",
  "127。0。0。1",
  "①②⑦.0.0.1",
  "127.0.0.¹",
  "%31%32%37.0.0.1",
  "127%2e0%2e0%2e1",
];

/** Hosts that are no address after all. */
const overflows = ["256.0.0.1", "127.0.0.256", "4294967296", "0x100000000", "1.2.3.4.5", "127.0.0.1.5", "08.0.0.1"];

/** IPv6 addresses that are not public. */
const ipv6: [range: string, address: string][] = [
  ["unspecified", "::"],
  ["loopback", "::1"],
  ["loopback", "0:0:0:0:0:0:0:1"],
  ["ipv4Compatible", "::2"],
  ["discard", "100::1"],
  ["notGlobal", "100:0:0:1::1"],
  ["notGlobal", "1fff::1"],
  ["notGlobal", "4000::1"],
  ["reserved", "2001:db8::1"],
  ["reserved", "3fff::1"],
  ["benchmarking", "2001:2::1"],
  ["orchid2", "2001:20::1"],
  ["segmentRouting", "5f00::1"],
  ["uniqueLocal", "fc00::1"],
  ["uniqueLocal", "fd12:3456:789a::1"],
  ["linkLocal", "fe80::1"],
  ["linkLocal", "febf:ffff::1"],
  ["deprecatedSiteLocal", "fec0::1"],
  ["deprecatedSiteLocal", "feff::1"],
  ["multicast", "ff02::1"],
  ["multicast", "ff0e::1"],
  ["metadata", "fd00:ec2::254"],
  ["metadata", "fd20:ce::254"],
];

const wrapped: [range: string, (address: string) => string][] = [
  ["ipv4Compatible", (address) => `::${hex(address)}`],
  ["ipv4Compatible", (address) => `::${address}`],
  ["rfc6145", (address) => `::ffff:0:${hex(address)}`],
  ["rfc6052", (address) => `64:ff9b::${hex(address)}`],
  ["rfc6052", (address) => `64:ff9b:1::${hex(address)}`],
  ["6to4", (address) => `2002:${hex(address)}::1`],
  ["teredo", (address) => `2001:0:${hex(address)}::1`],
  ["teredo", (address) => `2001:0:808:808:0:0:${hex(address)}`],
  ["isatap", (address) => `2a00:1450:1:1:0:5efe:${hex(address)}`],
];

/** URLs, each with the rule that decides it. */
export const targetCases: readonly TargetCase[] = [
  ...ipv4.flatMap(([range, addresses]) => hosts(range, addresses)),
  ...ipv4.map(([range, [address = ""]]) => leading(range, [address])),
  ...ipv4.flatMap(([range, [address = ""]]) => hosts(range, [`[::ffff:${address}]`, `[::ffff:${hex(address)}]`])),
  ...hosts(null, neighbours),
  ...neighbours.slice(0, 4).map((address) => leading(null, [address])),
  ...hosts("spelling", spellings),
  ...hosts("url", overflows),
  ...ipv6.flatMap(([range, address]) => [...hosts(range, [`[${address}]`]), leading(range, [address])]),
  ...hosts("url", [
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[::1",
    "::1",
    "[127.0.0.1]",
    "[v1.a]",
    "[hooks.partner.example]",
    "[]",
  ]),
  ...["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1"].flatMap((address) =>
    wrapped.flatMap(([range, within]) => hosts(range, [`[${within(address)}]`])),
  ),
  ...wrapped.map(([range, within]) => leading(range, [within("127.0.0.1")])),
  ...hosts(null, [`[${publicV6}]`, "[2001:4860:4860::8888]", "[2a00:1450:4001:80b::200e]", "[::ffff:8.8.8.8]"]),

  ...of("scheme", [
    "http://hooks.partner.example/",
    "HTTP://93.184.215.14/",
    "ftp://93.184.215.14/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "ldap://127.0.0.1/",
    "jar:https://93.184.215.14!/",
    "data:text/plain,a",
    "javascript:alert(1)",
    "ws://93.184.215.14/",
    "wss://93.184.215.14/",
    "unix:/var/run/docker.sock",
    "blob:https://93.184.215.14/a",
    "view-source:https://93.184.215.14/",
    "hooks.partner.example:443/hook",
  ]),
  ...of("scheme", ["ftp://93.184.215.14/", "file:///etc/passwd", "ws://93.184.215.14/"], { requireHttps: false }),
  ...of(null, ["http://93.184.215.14/hook", "HTTP://93.184.215.14:8080/hook", "https://93.184.215.14/"], {
    requireHttps: false,
  }),
  ...of("loopback", ["http://127.0.0.1/", "http://127.0.0.1:8080/"], { requireHttps: false }),
  ...of("userinfo", [
    "https://user@93.184.215.14/",
    "https://user:pass@93.184.215.14/",
    "https://@93.184.215.14/",
    "https://:@93.184.215.14/",
    "https://93.184.215.14@127.0.0.1/",
    "https://93.184.215.14:443@127.0.0.1:80/",
    "https://93.184.215.14%40127.0.0.1@93.184.215.14/",
    "https://a@b@127.0.0.1/",
  ]),
  ...of("host", [
    "https://",
    "https:///",
    "https:///93.184.215.14/",
    "https://:443/",
    "https://?a",
    "https://#a",
    "https:////127.0.0.1/",
  ]),
  ...of("url", [
    "",
    "/hook",
    "//93.184.215.14/hook",
    "93.184.215.14/hook",
    "https:93.184.215.14",
    "https:/93.184.215.14/",
    " https://93.184.215.14/",
    "https://93.184.215.14/ ",
    "https://93.184.215.14/a b",
    "https://93.184.215.14/\n",
    "ht\ntps://93.184.215.14/",
    "https://93.184.215.14/\r\nX-Injected: 1",
    "https://93.184.215.14\t/",
    "https://93.184.215.14\u0000.partner.example/",
    "https:\\\\93.184.215.14\\",
    "https://93.184.215.14\\@127.0.0.1/",
    "https://127.0.0.1\\.partner.example/",
    "https://local\u00adhost/",
    "https://127.0.0\u200b.1/",
    "\ufeffhttps://93.184.215.14/",
    "https://93.184.215.14:65536/",
    "https://93.184.215.14:-1/",
    "https://93.184.215.14:80a/",
    "https://93.184.215.14:80:80/",
    "https://a<b>.partner.example/",
    "https://hooks.partner.example%00.internal/",
    "https://xn--a/",
    `https://93.184.215.14/${"a".repeat(8_192)}`,
  ]),
  ...of(
    "port",
    [0, 1, 7, 21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 636, 993, 2049, 6000, 6667, 10080].map(
      (port) => `https://93.184.215.14:${port}/`,
    ),
  ),
  ...of(
    null,
    [80, 443, 1024, 3000, 6379, 8080, 8443, 9200, 65_535].map((port) => `https://93.184.215.14:${port}/`),
  ),

  ...hosts("localhost", [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "a.b.LocalHost.",
    "localhost.localdomain",
    "localhost6",
    "localhost6.localdomain6",
    "ip6-localhost",
    "ip6-loopback",
  ]),
  ...hosts("spelling", [
    "ｌocalhost",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "loc%61lhost",
    "localhoſt",
    "hooks.partner。example",
    "hooks%2epartner.example",
  ]),
  ...hosts("metadata_name", [
    "metadata",
    "instance-data",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "metadata.azure.internal",
    "instance-data.ec2.internal",
    "metadata.goog",
    "metadata.tencentyun.com",
    "metadata.platformequinix.com",
    "api.metadata.cloud.ibm.com",
  ]),
  ...hosts("internal_name", [
    "router",
    "redis",
    "kubernetes",
    "vault.internal",
    "a.b.Internal.",
    "printer.local",
    "nas.lan",
    "gateway.home.arpa",
    "1.0.0.127.in-addr.arpa",
    "git.corp",
    "wiki.intranet",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "host.docker.internal",
    "gateway.docker.internal",
    "node.dc1.consul",
    "hidden.onion",
    "nothing.invalid",
  ]),
  ...hosts("name", [
    "a..partner.example",
    ".partner.example",
    "hooks.partner.example..",
    "-a.partner.example",
    `${"a".repeat(64)}.example`,
    "*.partner.example",
    "a!b.partner.example",
    `${"a.".repeat(130)}example`,
  ]),

  leading(null, [publicV4]),
  leading(null, [publicV6]),
  leading(null, [publicV4, publicV6]),
  leading("loopback", [publicV4, "127.0.0.1"]),
  leading("private", ["10.0.0.1", publicV4]),
  leading("uniqueLocal", [publicV4, "fd00::1"]),
  leading("loopback", ["::ffff:127.0.0.1"]),
  leading("linkLocal", ["fe80::1%eth0"]),
  leading("invalid", ["not an address"]),
  leading("invalid", ["0x7f000001"]),
  leading("invalid", [publicV4, ""]),
  leading("unresolved", []),
  ...hosts("unresolved", ["absent.partner.example", "nowhere.example"], { dns: { [hook]: [publicV4] } }),
  ...hosts("loopback", ["127.0.0.1.nip.example", "app.localtest.example"], {
    dns: { "127.0.0.1.nip.example": ["127.0.0.1"], "app.localtest.example": ["127.0.0.1"] },
  }),
  ...hosts(null, [hook, "HOOKS.Partner.Example", `${hook}.`, `${hook}:8443`], { dns: { [hook]: [publicV4] } }),
  ...hosts(null, [hook], { dns: { "Hooks.PARTNER.example.": [publicV4] } }),
  ...hosts(null, ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"], {
    dns: { "bücher.example": [publicV4] },
  }),
  ...hosts(null, ["例え。example", "faß.example"], {
    dns: { "xn--r8jz45g.example": [publicV4], "xn--fa-hia.example": [publicV4] },
  }),
  ...of(
    null,
    [
      `https://${hook}`,
      `https://${hook}/`,
      `https://${hook}?key=value`,
      `https://${hook}#part`,
      `https://${hook}/a/b;c=d/%20?q=http://127.0.0.1/@x#y`,
      `https://${hook}/@127.0.0.1`,
      `https://${hook}:443/`,
      `HTTPS://${hook}/hook`,
      "https://a_b.partner.example/",
      "https://local.partner.example/",
      "https://localhost.partner.example/",
      "https://metadata.partner.example/",
      "https://internal.partner.example/",
      "https://127-0-0-1.partner.example/",
    ],
    {
      dns: Object.fromEntries(
        [
          hook,
          ...["a_b", "local", "localhost", "metadata", "internal", "127-0-0-1"].map(
            (name) => `${name}.partner.example`,
          ),
        ].map((name) => [name, [publicV4]]),
      ),
    },
  ),
];
