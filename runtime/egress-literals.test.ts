import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { guardedFetch } from "#egress";
import { fetchIssuerMetadata } from "./auth/metadata.js";
import { discover } from "./discovery/manifest.js";
import { registryView } from "./discovery/registry.js";
import { type EgressPolicy, othersWord } from "./egress.js";
import { connectListed } from "./listed.js";

/** A server on this host, which nobody has business with. */
let target: Server;
let port: number;
let connections = 0;
beforeAll(async () => {
  target = createServer((_request, response) => response.end("{}"));
  target.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  port = (target.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => target.close(resolve)));
beforeEach(() => {
  connections = 0;
});

const asked: string[] = [];
/** A resolver that knows this host alone. */
const resolve = async (host: string) => {
  asked.push(host);
  return ["127.0.0.1"];
};
const strict = (): EgressPolicy => ({ allowLoopback: false, resolve });

/** Hosts of URLs that mean this host, or somewhere else that is not public. */
const hosts = [
  "127.0.0.1",
  "127.0.0.1.",
  "127.1",
  "127.0.1",
  "127.255.255.254",
  "2130706433",
  "0x7f000001",
  "0x7F.0.0.1",
  "0x7f.1",
  "017700000001",
  "0177.0.0.1",
  "0177.0x0.0.01",
  "127.0.0.0x1",
  "１２７.0.0.1",
  "127。0。0。1",
  "①②⑦.0.0.1",
  "%31%32%37.0.0.1",
  "0",
  "0.0.0.0",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "Localhost.",
  "ｌocalhost",
  "loc%61lhost",
  "a.localhost",
  "a.localhost.",
  "localhost.localdomain",
  "127.0.0.1.nip.example",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[0:0:0:0:0:ffff:127.0.0.1]",
  "[::127.0.0.1]",
  "[64:ff9b::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b:1::7f00:1]",
  "[2002:7f00:1::]",
  "[2002:7f00:1::1]",
  "[2001:0:7f00:1::]",
  "[::ffff:0:127.0.0.1]",
  "[fe80::1]",
  "[fd00::1]",
  "[ff02::1]",
  "10.0.0.1",
  "192.168.0.1",
  "172.16.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "203.0.113.7",
  "255.255.255.255",
];

type Reach = (url: string, egress: EgressPolicy) => Promise<unknown>;
const endpoint = (url: string) =>
  registryView(
    [
      {
        id: "urn:asap:agent:a",
        name: "a",
        description: "d",
        endpoints: { http: url },
        skills: [],
        asap_version: "1.1.0",
      },
    ],
    "https://registry.example/registry.json",
  );
const reaches: readonly (readonly [string, Reach])[] = [
  ["fetch", (url, egress) => guardedFetch(egress)(url)],
  ["a manifest", (url, egress) => discover(url, { egress, allowInsecure: true, cache: false })],
  ["the metadata of an issuer", (url, egress) => fetchIssuerMetadata(url, { egress, allowInsecure: true })],
  [
    "a listed agent",
    async (url, egress) => {
      const options = { egress, allowInsecure: true, retry: false, transport: "http" } as const;
      await using peer = await connectListed(endpoint(url), "urn:asap:agent:a", options);
      await peer.run("echo", {});
    },
  ],
];

async function failureOf(work: () => Promise<unknown>): Promise<string> {
  const texts: string[] = [];
  const cause: unknown = await work().then(
    () => "no failure",
    (error: unknown) => error,
  );
  for (let error = cause; error !== undefined; error = (error as Error).cause) texts.push(String(error));
  return texts.join(" <- ");
}

describe("URLs on a stranger's word that mean this host", () => {
  for (const [kind, reach] of reaches) {
    test.each(hosts)(`${kind}: %s is refused and not connected to`, async (host) => {
      expect(await failureOf(() => reach(`http://${host}:${port}`, strict()))).toMatch(
        /is not allowed: it is|"?url"? is no absolute/,
      );
      expect(connections).toBe(0);
    });
  }

  test("the listed ones are refused without an option of the caller", async () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "127.1"]) {
      const work = () => reaches[3]?.[1](`http://${host}:${port}`, {}) ?? Promise.resolve();
      expect(await failureOf(work), host).toContain("is not allowed: it is loopback, and allowLoopback is not set");
    }
    expect(connections).toBe(0);
  });

  test("names of this host are not asked of a resolver, which could say otherwise", async () => {
    asked.length = 0;
    const elsewhere: EgressPolicy = { resolve: async (host) => [...asked.splice(0, 0, host), "93.184.216.34"] };
    for (const host of ["localhost", "localhost.", "a.localhost"]) {
      await expect(guardedFetch(elsewhere)(`http://${host}:${port}`)).rejects.toMatchObject({
        code: "asap:transport/address_refused",
      });
    }
    expect(asked).toEqual([]);
    expect(connections).toBe(0);
  });

  test("the same server is reached where loopback is allowed, so that the refusals above are the guard's", async () => {
    for (const host of ["127.0.0.1", "localhost", "localhost.", "2130706433", "[::ffff:127.0.0.1]", "a.example"]) {
      const send = guardedFetch({ allowLoopback: true, resolve });
      expect((await send(`http://${host}:${port}`)).status, host).toBe(200);
    }
    expect(connections).toBe(6);
  });
});

describe("redirects of an address that is allowed", () => {
  const moved = [301, 302, 303, 307, 308];
  const locations = [
    () => `http://127.0.0.1:${port}/`,
    () => `http://127.1:${port}/`,
    () => `http://localhost.:${port}/`,
    () => `http://[::ffff:127.0.0.1]:${port}/`,
    () => `http://a.example:${port}/`,
    () => "http://169.254.169.254/latest/meta-data/",
  ];
  let place: Server;
  let status = 302;
  let location = "";
  let base: string;
  /** Allows 127.0.0.2 alone, which stands in for a public address. */
  const policy = (): EgressPolicy => ({
    allowNetworks: ["127.0.0.2/32"],
    resolve: async (host) => [host === "place.example" ? "127.0.0.2" : "127.0.0.1"],
  });
  beforeAll(async () => {
    place = createServer((_request, response) => response.writeHead(status, { location, connection: "close" }).end());
    await new Promise<void>((resolve) => place.listen(0, "127.0.0.2", resolve));
    base = `http://place.example:${(place.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => place.close(resolve)));

  test.each(moved)("%i is judged again where it is followed", async (code) => {
    for (const to of locations) {
      status = code;
      location = to();
      await expect(guardedFetch(policy())(base, { redirect: "follow" }), location).rejects.toMatchObject({
        code: "asap:transport/address_refused",
      });
    }
    expect(connections).toBe(0);
  });

  test.each(reaches.slice(1))("%s does not follow one", async (_, reach) => {
    for (const code of moved) {
      status = code;
      location = `http://127.0.0.1:${port}/`;
      expect(await failureOf(() => reach(base, policy()))).toContain("redirect");
    }
    expect(connections).toBe(0);
  });
});

describe("words of the caller and of others", () => {
  test("a URL of the caller's own that names this host is reached, unless he says otherwise", async () => {
    const url = `http://127.0.0.1:${port}`;
    await expect(discover(url, { cache: false })).rejects.toMatchObject({ code: "asap:discovery/manifest_invalid" });
    expect(connections).toBe(1);
    await expect(discover(url, { cache: false, egress: { allowLoopback: false } })).rejects.toMatchObject({
      code: "asap:transport/address_refused",
    });
    await expect(discover(url, { cache: false, egress: othersWord({}) })).rejects.toMatchObject({
      code: "asap:transport/address_refused",
    });
    expect(connections).toBe(1);
  });

  test("an issuer on this host takes the option, also where the URL names it", async () => {
    const url = `http://127.0.0.1:${port}`;
    await expect(fetchIssuerMetadata(url)).rejects.toMatchObject({ code: "asap:auth/unavailable" });
    expect(connections).toBe(0);
    await expect(fetchIssuerMetadata(url, { egress: { allowLoopback: true } })).rejects.toMatchObject({
      code: "asap:auth/issuer_mismatch",
    });
    expect(connections).toBe(1);
  });
});
