import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { guardedFetch } from "#egress";
import { createIntrospection } from "./auth/introspection.js";
import { remoteKeySet } from "./auth/jwks.js";
import { fetchIssuerMetadata } from "./auth/metadata.js";
import { clientCredentials } from "./auth/token-grants.js";
import { connect } from "./client.js";
import { discover } from "./discovery/manifest.js";
import { discoverFromRegistry, registryView } from "./discovery/registry.js";
import type { EgressPolicy } from "./egress.js";
import { connectListed } from "./listed.js";
import { startTarget } from "./testing/forge-target.js";
import { startTestIssuer } from "./testing/test-issuer.js";

/** Stands in for a public address: the policy of these tests allows this one address of the host. */
const publicAddress = "127.0.0.2";
const privateAddress = "127.0.0.1";
const allowNetworks = [`${publicAddress}/32`];

interface Host {
  readonly server: Server;
  readonly requests: string[];
  connections: number;
}

/** A server on one address that counts connections. */
async function listen(
  address: string,
  port: number,
  answer?: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const host: Host = {
    server: createServer((request, response) => {
      host.requests.push(request.url ?? "");
      if (answer !== undefined) return answer(request, response);
      response.writeHead(404, { connection: "close" }).end();
    }),
    requests: [],
    connections: 0,
  };
  host.server.on("connection", () => {
    host.connections += 1;
  });
  host.server.on("upgrade", (_request, socket) => socket.destroy());
  await new Promise<void>((resolve) => host.server.listen(port, address, resolve));
  return host;
}
const portOf = ({ server }: Host): number => (server.address() as AddressInfo).port;

let inside: Host;
let outside: Host;
let port: number;
/** Answers a resolver gives one after another; the last one goes on. */
let answers: (readonly string[])[];
let resolved: string[];

beforeEach(async () => {
  inside = await listen(privateAddress, 0);
  port = portOf(inside);
  outside = await listen(publicAddress, port);
  answers = [[publicAddress], [privateAddress]];
  resolved = [];
});
afterEach(async () => {
  for (const { server } of [inside, outside]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A policy of a connection pool of its own. */
const policy = (): EgressPolicy => ({
  allowNetworks,
  resolve: async (host) => {
    resolved.push(host);
    const [next = []] = answers.length > 1 ? answers.splice(0, 1) : answers;
    return next;
  },
});

type Reach = (base: string, egress: EgressPolicy) => Promise<unknown>;
const open = { allowInsecure: true, timeoutMs: 5_000 };
const listedAt = (endpoints: object) =>
  registryView(
    [
      {
        id: "urn:asap:agent:listed",
        name: "n",
        description: "d",
        endpoints,
        skills: [],
        asap_version: "1.1.0",
      },
    ],
    "https://registry.example/registry.json",
  );
const callListed = async (endpoints: object, egress: EgressPolicy) => {
  const options = { ...open, egress, retry: false, transport: "http" } as const;
  await using peer = await connectListed(listedAt(endpoints), "urn:asap:agent:listed", options);
  return await peer.run("echo", {});
};
const introspect: Reach = (base, egress) =>
  createIntrospection(
    { clientId: "c", clientSecret: "s", endpoint: `${base}/introspect` },
    {
      issuer: base,
      audience: ["a"],
      clockToleranceSeconds: 0,
      metadata: () => Promise.reject(new Error("not asked")),
      fetching: { ...open, egress },
      now: Date.now,
    },
  )("opaque");

/** Everything that is fetched on a stranger's word, or by a name that a stranger's resolver answers. */
const reaches: readonly (readonly [string, Reach])[] = [
  ["a manifest", (base, egress) => discover(base, { ...open, egress, cache: false })],
  ["a registry", (base, egress) => discoverFromRegistry(`${base}/r.json`, { ...open, egress, cache: false })],
  ["the metadata of an issuer", (base, egress) => fetchIssuerMetadata(base, { ...open, egress })],
  [
    "the keys of an issuer",
    async (base, egress) => remoteKeySet(async () => `${base}/jwks`, {}, { ...open, egress }).get(),
  ],
  ["the lookup of a token", introspect],
  [
    "a token endpoint",
    (base, egress) =>
      clientCredentials({ ...open, egress, tokenEndpoint: `${base}/token`, clientId: "c", clientSecret: "s" }).token(),
  ],
  ["calls of a listed agent", (base, egress) => callListed({ http: `${base}/asap` }, egress)],
  ["the manifest of a listed agent", (base, egress) => callListed({ manifest: `${base}/m.json` }, egress)],
  [
    "a WebSocket",
    async (base, egress) => {
      const websocket = { reconnect: false } as object;
      await using peer = await connect(base, { ...open, egress, transport: "websocket", websocket });
      return await peer.run("echo", {}, { timeoutMs: 5_000 });
    },
  ],
];

/** Why it failed, causes included. */
async function failure(work: Promise<unknown>): Promise<string> {
  const texts: string[] = [];
  const cause: unknown = await work.then(
    () => "no failure",
    (error: unknown) => error,
  );
  for (let error = cause; error !== undefined; error = (error as Error).cause) texts.push(String(error));
  return texts.join(" <- ");
}

const name = () => `http://agent.example:${port}`;

describe("a name whose address changes between the check and the connection", () => {
  test.each(reaches)("%s goes to the address that was checked, and is found out the next time", async (_, reach) => {
    const egress = policy();
    await failure(reach(name(), egress));
    expect(outside.connections).toBeGreaterThan(0);
    expect(resolved[0]).toBe("agent.example");
    outside.server.closeAllConnections();
    const before = outside.connections;

    answers = [[privateAddress]];
    expect(await failure(reach(name(), egress))).toContain("is not allowed: it is loopback");
    expect(outside.connections).toBe(before);
    expect(inside.connections).toBe(0);
  });

  test("is asked for once for each connection, and for none that is kept", async () => {
    await new Promise((resolve) => outside.server.close(resolve));
    outside = await listen(publicAddress, port, (_request, response) => response.end("{}"));
    answers = [[publicAddress]];
    const send = guardedFetch(policy());
    for (let count = 0; count < 3; count += 1) await (await send(`${name()}/${count}`)).text();
    expect(resolved).toHaveLength(outside.connections);
    expect(outside.requests).toEqual(["/0", "/1", "/2"]);
    expect(inside.connections).toBe(0);
  });

  test("is not reached by 200 connections at once while the answer alternates", async () => {
    let turn = 0;
    const egress: EgressPolicy = {
      allowNetworks,
      resolve: async () => [turn++ % 2 === 0 ? publicAddress : privateAddress],
    };
    const send = guardedFetch(egress);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        send(`${name()}/${at}`).then(
          ({ status }) => status,
          ({ code }) => code as string,
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set([404, "asap:transport/address_refused"]));
    expect(outside.requests.length).toBe(outcomes.filter((outcome) => outcome === 404).length);
    expect(inside.connections).toBe(0);
  });
});

describe("a name with several addresses of which one is not allowed", () => {
  const mixed: [string, string[]][] = [
    ["the private one last", [publicAddress, privateAddress]],
    ["the private one first", [privateAddress, publicAddress]],
    ["public by default, and private", ["93.184.216.34", privateAddress]],
    ["IPv6 of this host", [publicAddress, "::1"]],
    ["IPv4-mapped", [publicAddress, "::ffff:127.0.0.1"]],
    ["link-local", [publicAddress, "169.254.169.254"]],
  ];
  for (const [kind, reach] of reaches) {
    test.each(mixed)(`${kind}, %s: no address is connected to`, async (_, addresses) => {
      answers = [addresses];
      expect(await failure(reach(name(), policy()))).toContain("is not allowed: it is");
      expect([outside.connections, inside.connections]).toEqual([0, 0]);
    });
  }
});

describe("answers of a resolver that are addresses of this host in disguise, or none", () => {
  test.each([
    ["127.0.0.1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["0:0:0:0:0:ffff:7f00:0001", "loopback"],
    ["::127.0.0.1", "ipv4Compatible"],
    ["::7f00:1", "ipv4Compatible"],
    ["64:ff9b::127.0.0.1", "rfc6052"],
    ["64:ff9b:1::7f00:1", "rfc6052"],
    ["2002:7f00:1::1", "6to4"],
    ["2001:0:7f00:1::1", "teredo"],
    ["::1", "loopback"],
    ["::", "unspecified"],
    ["0.0.0.0", "unspecified"],
    ["10.0.0.1", "private"],
    ["fd00::1", "uniqueLocal"],
    ["fe80::1%lo", "linkLocal"],
    ["100.64.0.1", "carrierGradeNat"],
    ["203.0.113.7", "reserved"],
    ["localhost", "invalid"],
    ["127.1", "invalid"],
    ["0x7f000001", "invalid"],
    ["2130706433", "invalid"],
    ["0177.0.0.1", "invalid"],
    ["127.0.0.1 ", "invalid"],
    ["", "invalid"],
  ])("%j is refused: %s", async (answer, range) => {
    answers = [[answer]];
    const send = guardedFetch(policy());
    await expect(send(name())).rejects.toMatchObject({
      code: "asap:transport/address_refused",
      data: { host: "agent.example", address: answer, range },
    });
    expect([outside.connections, inside.connections]).toEqual([0, 0]);
  });

  test("no answer is no connection", async () => {
    answers = [[]];
    expect(await failure(guardedFetch(policy())(name()))).toContain("agent.example has no address");
  });
});

test("an agent whose issuer rebinds answers 503 and asks nothing of this host", async () => {
  const issuer = await startTestIssuer();
  const named = name();
  await using target = await startTarget(
    { issuer: named },
    { auth: { egress: policy(), allowInsecure: true, jwks: { cooldownSeconds: 0 } } },
  );
  const token = await issuer.mint({ iss: named });
  answers = [[publicAddress], [privateAddress]];
  expect(await target.status(token)).toBe(503);
  expect(await target.status(token)).toBe(503);
  expect(target.logged()).toContain("is not allowed: it is loopback");
  expect(outside.requests[0]).toBe("/.well-known/openid-configuration");
  expect(inside.connections).toBe(0);
  await issuer.close();
});
