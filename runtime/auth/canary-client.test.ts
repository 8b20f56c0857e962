import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { type ConnectOptions, connect } from "../client.js";
import { discover } from "../discovery/manifest.js";
import { discoverFromRegistry } from "../discovery/registry.js";
import { asap, asapServe } from "../testing/asap-command.js";
import { type Canaries, canaries } from "../testing/canary.js";
import { agentClaim, bearer, startTarget, targetId } from "../testing/forge-target.js";
import { type Move, type Received, scriptedPeer } from "../testing/scripted-peer.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { tokensInTurn } from "../testing/token-sources.js";
import { fileTokens } from "./token-file.js";
import { type ClientCredentialsOptions, clientCredentials, refreshToken } from "./token-grants.js";
import type { TokenSource } from "./token-source.js";

let issuer: TestIssuer;
let secrets: Canaries;

beforeAll(async () => {
  issuer = await startTestIssuer();
});
beforeEach(() => {
  secrets = canaries();
});
afterEach(() => {
  issuer.intercept = undefined;
  expect(secrets.size()).toBeGreaterThan(0);
  expect(secrets.leaks()).toEqual([]);
});
afterAll(() => issuer.close());

/** What work fails with, noted; it must fail. */
async function failureOf(what: string, work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    secrets.note(what, error);
    return error;
  }
  throw new Error(`${what} did not fail`);
}

/** A call that fails, and the peer it was made with. */
const failingCall = (what: string, url: string, options: ConnectOptions) =>
  failureOf(what, async () => {
    await using peer = await connect(url, { timeoutMs: 5_000, ...options, retry: false });
    secrets.note("the peer", peer);
    peer.connection.watch((state) => secrets.note("state of the connection", state));
    return await peer.run("echo", {});
  });

const json = { "content-type": "application/json" };

describe("no secret comes out of a call", () => {
  const echoed = ({ headers }: Received) => String(headers.authorization);
  const rpcError = (got: Received) => {
    const data = { error: echoed(got), headers: got.headers };
    return JSON.stringify({ jsonrpc: "2.0", id: "req-1", error: { code: -32000, message: echoed(got), data } });
  };
  const moves: readonly (readonly [string, (got: Received) => Move])[] = [
    ["401", () => ({ status: 401, body: '{"detail":"Invalid authentication token"}' })],
    ["403", () => ({ status: 403, body: '{"detail":"Insufficient scope"}' })],
    ["503", () => ({ status: 503, body: '{"detail":"Authentication service unavailable"}' })],
    ["401 that repeats the header", (got) => ({ status: 401, body: JSON.stringify({ detail: echoed(got) }) })],
    ["500 that repeats the headers", (got) => ({ status: 500, body: JSON.stringify({ message: `${echoed(got)}!` }) })],
    ["an error that repeats the header", (got) => ({ body: rpcError(got) })],
    ["what is no JSON", () => ({ body: "<html>" })],
    ["an answer to another request", () => ({ body: '{"jsonrpc":"2.0","result":{"envelope":{}},"id":"other"}' })],
    ["a redirect", () => ({ status: 302, headers: { location: "http://127.0.0.1:1/" } })],
    ["half an answer", () => "truncate"],
    ["a broken connection", () => "drop"],
    ["nothing", () => "hang"],
  ];

  test.each(moves)("that is answered with %s", async (what, move) => {
    await using agent = await scriptedPeer((got) => (got.path === "/asap" ? move(got) : undefined));
    const options = { transport: "http", timeoutMs: what === "nothing" ? 1_000 : 5_000 } as const;
    const token = secrets.plantToken("access token", await issuer.mint());
    await failingCall(what, agent.url, { ...options, auth: tokensInTurn(token, token) });
    expect(agent.to("/asap")[0]?.headers.authorization).toBe(`Bearer ${token}`);
    const headers = {
      Authorization: `Basic ${secrets.plant("Authorization", btoa(`client:${secrets.make("Basic")}`))}`,
    };
    await failingCall(what, agent.url, { ...options, headers });
  });

  test("whose WebSocket is refused, or closed with a reason that repeats the token", async () => {
    const token = secrets.make("token of a socket");
    for (const status of [401, 403, 503]) {
      await using agent = await scriptedPeer(() => ({ status }));
      const websocket = { initialAttempts: 1 };
      await failingCall(String(status), agent.url, { transport: "websocket", auth: tokensInTurn(token), websocket });
    }
    for (const [code, reason] of [
      [1008, `no: ${token}`],
      [1008, "Token expired"],
      [1000, ""],
    ] as const) {
      const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
      server.on("connection", (socket) => socket.on("message", () => socket.close(code, reason)));
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { readonly port: number };
      const websocket = { reconnect: false } as const;
      await failingCall(reason, `ws://127.0.0.1:${port}`, { auth: tokensInTurn(token), websocket });
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("whose credentials or address cannot be", async () => {
    const secret = secrets.make("what cannot be sent");
    const url = "http://127.0.0.1:1";
    const source = (token: string): TokenSource => ({ token: async () => token, refused: () => {} });
    for (const transport of ["http", "websocket"] as const) {
      await failingCall("a token in two lines", url, { transport, auth: source(`${secret}\r\nX: 1`) });
      await failingCall("a header in two lines", url, { transport, headers: () => ({ "X-Key": `${secret}\n.` }) });
      await failingCall("a header beside", url, { transport, auth: source("x"), headers: { Authorization: secret } });
    }
    const named = `http://user:${secret}@127.0.0.1:1`;
    await failureOf("userinfo", () => connect(named));
    await failureOf("userinfo", () => connect(`${named.replace("http", "ws")}/asap/ws`));
    await failureOf("userinfo of a manifest", () => discover(`${named}/manifest.json?token=${secret}`));
    await failureOf("userinfo of a registry", () => discoverFromRegistry(`${named}/registry.json`));
    await failureOf("query", () => connect(`${url}/?access_token=${secret}`));
    const location = named.replace("http", "https");
    await using agent = await scriptedPeer(() => ({
      status: 302,
      headers: { location: `${location}/?code=${secret}` },
    }));
    await failingCall("a redirect with userinfo", agent.url, { transport: "http" });
    await failureOf("a redirect with userinfo", () => discover(agent.url, { cache: false }));
  });

  test("that succeeds, nor out of the peer and the source", async () => {
    await using target = await startTarget(issuer);
    const token = secrets.plantToken("token of a success", await issuer.mint({ [agentClaim]: targetId }));
    for (const transport of ["http", "websocket"] as const) {
      await using peer = await connect(target.url, { transport, auth: tokensInTurn(token) });
      secrets.note("the result", await peer.run("echo", { n: 1 }));
      secrets.note("the peer", peer);
    }
    secrets.note("the log of the agent", target.logged());
    expect((await target.post(bearer(token))).status).toBe(200);
  });
});

describe("no secret comes out of the requests for tokens", () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;
  const tokenEndpoint = (answer: Answer) => {
    issuer.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => answer(request, response, String(Buffer.concat(chunks))));
      return true;
    };
  };
  const repeated: Answer = ({ headers }, response, body) => {
    const said = `${headers.authorization} ${decodeURIComponent(body)}`;
    response.writeHead(400, json).end(JSON.stringify({ error: "invalid_client", error_description: said }));
  };
  const answers: readonly (readonly [string, Answer])[] = [
    ["401", (_, response) => void response.writeHead(401, json).end('{"error":"invalid_client"}')],
    ["500", (_, response) => void response.writeHead(500).end("no")],
    ["what is no JSON", (_, response, body) => void response.writeHead(200, json).end(body)],
    ["no token", (_, response) => void response.writeHead(200, json).end('{"token_type":"Bearer"}')],
    [
      "a redirect",
      (_, response, body) => void response.writeHead(307, { location: `http://127.0.0.1:1/?${body}` }).end(),
    ],
    ["a broken connection", ({ socket }) => void socket.destroy()],
    ["nothing", () => undefined],
  ];
  const options = (): ClientCredentialsOptions => ({
    issuer: issuer.issuer,
    clientId: "client-1",
    egress: { allowLoopback: true },
    timeoutMs: 300,
  });
  const pemOf = async () => {
    const { exportPKCS8 } = await import("jose");
    const pem = await exportPKCS8((issuer.keys[0] as (typeof issuer.keys)[number]).privateKey);
    return secrets.plant("private key", pem, pem.split("\n").slice(1, -2));
  };
  /** A source of each kind, every secret of it a canary. */
  const sources = async (): Promise<readonly TokenSource[]> => {
    const clientSecret = secrets.make("client secret");
    return [
      clientCredentials({ ...options(), clientSecret }),
      clientCredentials({ ...options(), clientSecret, clientAuthentication: "client_secret_post" }),
      clientCredentials({ ...options(), privateKey: await pemOf() }),
      refreshToken({ ...options(), refreshToken: secrets.make("refresh token") }),
    ];
  };

  test.each([...answers, ["its own body, and the header", repeated] as const])(
    "answered with %s",
    async (what, answer) => {
      tokenEndpoint(answer);
      for (const source of await sources()) {
        await failureOf(what, () => source.token());
        secrets.note("the source", source);
        await failingCall(what, "http://127.0.0.1:1", { transport: "http", auth: source });
      }
    },
  );

  test("to an issuer that is another, that is refused, that is not there", async () => {
    const clientSecret = secrets.make("client secret");
    const failing = async (what: string, more: Partial<ClientCredentialsOptions>) => {
      const source = clientCredentials({ ...options(), clientSecret, ...more });
      await failureOf(what, () => source.token());
    };
    await failing("refused", { egress: {} });
    await failing("not there", { tokenEndpoint: "http://127.0.0.1:1/token" });
    issuer.intercept = (_, response) =>
      response.writeHead(200, json).end('{"issuer":"https://other.example"}') !== null;
    await failing("another", {});
  });

  test("with options that cannot be", async () => {
    const secret = secrets.make("secret of an option");
    const wrong: Partial<ClientCredentialsOptions>[] = [
      { issuer: `https://user:${secret}@issuer.example` },
      { issuer: `https://issuer.example/?key=${secret}`, clientSecret: secret },
      { tokenEndpoint: `http://user:${secret}@issuer.example/token`, clientSecret: secret },
      { clientSecret: secret, clientAuthentication: secret as "none" },
      { privateKey: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` },
      { privateKey: { kty: "RSA", d: secret, n: secret, e: "AQAB" } },
    ];
    for (const more of wrong) {
      await failureOf(Object.keys(more).join(), () => clientCredentials({ ...options(), ...more }).token());
    }
  });

  test("that are kept in a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "canary-"));
    const given = secrets.plantToken("token from the issuer", await issuer.mint());
    tokenEndpoint(
      (_, response) =>
        void response.writeHead(200, json).end(JSON.stringify({ access_token: given, token_type: "Bearer" })),
    );
    try {
      const store = fileTokens(join(folder, "tokens.json"));
      const clientSecret = secrets.make("client secret");
      const source = clientCredentials({ ...options(), timeoutMs: 5_000, clientSecret, store });
      expect(await source.token()).toBe(given);
      secrets.note("the source", source);
      secrets.note("the store", store);
      const lost = fileTokens(join(folder, "tokens.json", "below"));
      const failing = clientCredentials({ ...options(), clientSecret: secrets.make("another secret"), store: lost });
      await failureOf("no file", () => failing.token());
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("no secret comes out of the command line", () => {
  const debug = { ASAP_LOG_LEVEL: "debug" };

  test("of asap serve", async () => {
    const secret = secrets.make("introspection secret");
    const identity = ["--issuer", issuer.issuer, "--audience", testAudience, "--allow-loopback"];
    const lookup = ["--introspect-client-id", "agent", "--introspect-secret-env", "LOOKUP"];
    const serving = await asapServe([...identity, ...lookup], { ...debug, LOOKUP: secret });
    const tokens = [secrets.make("opaque token"), secrets.plantToken("JWT", await issuer.mint())];
    for (const token of tokens) {
      await failingCall("serve", serving.url, { transport: "http", auth: tokensInTurn(token) });
      await failingCall("serve", serving.url, { transport: "websocket", auth: tokensInTurn(token) });
    }
    await serving.stop();
    secrets.note("out", serving.out());
    secrets.note("err", serving.err());
    expect(serving.err()).toContain("asap.auth.refused");
  });

  test("of asap call", async () => {
    const secret = secrets.make("client secret");
    await using agent = await scriptedPeer((got) => ({
      status: 401,
      body: JSON.stringify({ detail: got.headers.authorization }),
    }));
    issuer.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      return response.writeHead(401, json).end(`{"error":"invalid_client","error_description":"${secret}"}`) !== null;
    };
    const client = ["--issuer", issuer.issuer, "--client-id", "c", "--client-secret-env", "SECRET"];
    const flags = [client, ["--header", `Authorization: Bearer ${secret}`], ["--header", `X-Key ${secret}`]];
    for (const more of flags) {
      const end = await asap(["call", agent.url, "echo", "{}", ...more], { env: { ...debug, SECRET: secret } });
      expect(end.code).not.toBe(0);
      secrets.note(more[0] as string, end);
    }
  });
});
