import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createStderrLog } from "../cli/stderr-log.js";
import type { Log, LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { taskText } from "../testing/asap-request.js";
import { type Canaries, canaries } from "../testing/canary.js";
import { agentClaim, bearer, type Headers, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { memoryIo } from "../testing/memory-io.js";
import { openSocket } from "../testing/socket-client.js";
import { startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";
import type { ResourceServerOptions } from "./resource-server.js";

const bound = { [agentClaim]: targetId };
const echo = skill({ description: "Echo", run: () => ({ echoed: true }) });

let issuer: TestIssuer;
let secrets: Canaries;
let introspectionSecret: string;
/** How far the clock of the agents is ahead, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  secrets = canaries();
  introspectionSecret = secrets.make("introspection secret");
  issuer = await startTestIssuer();
});
afterEach(() => {
  ahead = 0;
  issuer.intercept = undefined;
  expect(secrets.leaks()).toEqual([]);
});
afterAll(() => issuer.close());

/** A log as it is, and the lines that the command line would write of it, in both formats. */
function logs() {
  const raw: unknown[] = [];
  const forms = ["text", "json"].map((ASAP_LOG_FORMAT) =>
    memoryIo({ env: { ASAP_LOG_LEVEL: "debug", ASAP_LOG_FORMAT } }),
  );
  const writers = forms.map(createStderrLog);
  const at = (level: keyof Log) => (event: string, fields: LogFields) => {
    raw.push({ level, event, fields });
    for (const writer of writers) writer[level]?.(event, fields);
  };
  const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { log, raw, written: () => forms.map((io) => io.err()) };
}

/** A guarded agent; what it logs is noted when it ends. */
async function guarded(auth: Partial<ResourceServerOptions> = {}, skills: object = { echo }) {
  const { log, raw, written } = logs();
  const introspection = {
    clientId: "agent",
    clientSecret: introspectionSecret,
    endpoint: `${issuer.issuer}/introspect`,
  };
  const target: Target = await startTarget(issuer, {
    auth: { introspection, ...auth },
    agent: { skills: skills as never, log, now: () => Date.now() + ahead },
  });
  return {
    target,
    raw,
    written,
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      secrets.note("raw log", raw);
      for (const lines of written()) secrets.note("written log", lines);
    },
  };
}

/** Tries to get in both ways and notes what came back. */
async function knock(target: Target, what: string, headers: Headers, status: number, query = "") {
  const judged = [await target.post(headers, query), await target.upgrade(headers, query)];
  for (const { way, text, ...rest } of judged) {
    secrets.note(`${what} over ${way}`, text);
    secrets.note(`${what} over ${way}`, rest);
  }
  const statuses = status === 200 ? [200, 101] : [status, status];
  expect(judged.map((each) => each.status)).toEqual(statuses);
}

const minted = async (place: string, claims: object = {}) =>
  secrets.plantToken(place, await issuer.mint({ ...bound, canary: place, ...claims }));

/** The issuer answers lookups of tokens as told. */
const lookup = (answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) => {
  issuer.intercept = (request, response) => {
    if (request.url !== "/introspect") return false;
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => answer(request, response, String(Buffer.concat(chunks))));
    return true;
  };
};
const inactive = (_: IncomingMessage, response: ServerResponse) => void response.end('{"active":false}');

describe("no secret comes out of a guarded agent", () => {
  test("whatever credentials it is given", async () => {
    await using agent = await guarded({ maxTokenBytes: 4_096 });
    const { target } = agent;
    lookup(inactive);
    const opaque = secrets.make("opaque token");
    await knock(target, "success", bearer(await minted("good token")), 200);
    await knock(target, "opaque", bearer(opaque), 401);
    await knock(target, "oversized", bearer(opaque.padEnd(8_000, "x")), 401);
    await knock(target, "expired", bearer(await minted("expired token", { exp: 1 })), 401);
    await knock(target, "other issuer", bearer(await minted("foreign token", { iss: "https://other.example" })), 401);
    await knock(target, "other audience", bearer(await minted("other token", { aud: "other" })), 401);
    await knock(target, "no scope", bearer(await minted("weak token", { scope: "asap:read" })), 403);
    await knock(target, "unbound", bearer(await minted("unbound token", { [agentClaim]: undefined })), 403);
    const forged = (await issuer.mint(bound)).replace(/[^.]*$/, "");
    await knock(target, "forged", bearer(forged + secrets.make("signature")), 401);
    const basic = Buffer.from(`client:${secrets.make("password of Basic")}`).toString("base64");
    await knock(target, "Basic", [["Authorization", `Basic ${basic}`]], 401);
    const two: Headers = [...bearer(secrets.make("first of two")), ...bearer(secrets.make("second of two"))];
    await knock(target, "two tokens", two, 401);
    await knock(target, "no scheme", [["Authorization", secrets.make("bare token")]], 401);
  });

  test.each(["X-Access-Token", "Authentication", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Request-Id"])(
    "when a token is in the header %s",
    async (name) => {
      await using agent = await guarded();
      await knock(agent.target, name, [[name, `token=${secrets.make(name)}`]], 401);
    },
  );

  test("when a token is in the query, in the path or in the subprotocol", async () => {
    await using agent = await guarded();
    const token = secrets.make("token in the query");
    await knock(agent.target, "query", [], 401, `?access_token=${token}`);
    const place = [
      `/${token}`,
      `/asap/${token}`,
      `/asap?access_token=${token}`,
      `/.well-known/${token}?token=${token}`,
    ];
    for (const path of place) {
      const response = await fetch(agent.target.url + path, { headers: { "sec-websocket-protocol": token } });
      secrets.note(`GET ${path.replace(token, "…")}`, [...response.headers]);
      secrets.note(`GET ${path.replace(token, "…")}`, await response.text());
    }
  });

  test("in its documents", async () => {
    await using agent = await guarded({ jwksUri: issuer.jwksUri });
    const authorization = `Bearer ${secrets.make("token of a reader")}`;
    const well = ["/.well-known/asap/manifest.json", "/.well-known/oauth-protected-resource"];
    for (const path of [...well, "/.well-known/asap/health", "/asap/metrics"]) {
      const response = await fetch(agent.target.url + path, { headers: { authorization } });
      expect(response.status).toBe(200);
      secrets.note(path, [...response.headers]);
      secrets.note(path, await response.text());
    }
    secrets.note("the agent", agent.target.agent);
  });

  test.each([
    ["that is no JSON", (token: string) => `{"token":"${token}`],
    ["with the token as a member", (token: string) => taskText({ params: { token, access_token: token } })],
    ["whose envelope holds the token", (token: string) => taskText({ envelope: { authorization: `Bearer ${token}` } })],
    ["from another sender", () => taskText({ envelope: { sender: "urn:asap:agent:other" } })],
    ["for a skill that is not there", () => taskText({ payload: { skill_id: "none" } })],
    ["of an unknown type", () => taskText({ envelope: { payload_type: "other" } })],
  ])("when it is let in with a message %s", async (what, body) => {
    await using agent = await guarded();
    const token = await minted("token of the message", { sub: "urn:asap:agent:client" });
    const authorization = `Bearer ${token}`;
    const headers = { authorization, "content-type": "application/json" };
    const response = await fetch(`${agent.target.url}/asap`, { method: "POST", headers, body: body(token) });
    secrets.note(`a message ${what}`, await response.text());
    await using socket = await openSocket(agent.target.url, { headers: { authorization } });
    socket.send(body(token));
    await socket.find(({ jsonrpc }) => jsonrpc !== undefined);
    secrets.note(`frames after a message ${what}`, socket.frames);
  });

  test("when a token ends on a live connection", async () => {
    await using agent = await guarded();
    const headers = { authorization: `Bearer ${await minted("token that ends")}` };
    await using socket = await openSocket(agent.target.url, { headers });
    ahead = 700_000;
    socket.send(taskText());
    expect(await socket.closed).toEqual({ code: 1008, reason: "Token expired" });
    secrets.note("frames", socket.frames);
  });
});

describe("no secret comes out when the provider", () => {
  test.each<[string, Parameters<typeof lookup>[0]]>([
    ["fails", (_, response) => void response.writeHead(500).end("no")],
    [
      "repeats what it was sent",
      ({ headers }, response, body) => void response.writeHead(400).end(JSON.stringify({ headers, body })),
    ],
    [
      "repeats it as an OAuth error",
      ({ headers }, response, body) => {
        const error = { error: "invalid_client", error_description: `${headers.authorization} ${body}` };
        response.writeHead(401, { "content-type": "application/json", "www-authenticate": `${headers.authorization}` });
        response.end(JSON.stringify(error));
      },
    ],
    [
      "repeats it as what is no JSON",
      (_, response, body) => void response.writeHead(200, { "content-type": "application/json" }).end(body),
    ],
    [
      "redirects",
      (_, response, body) => void response.writeHead(307, { location: `http://127.0.0.1:1/?${body}` }).end(),
    ],
    ["breaks the connection", ({ socket }) => void socket.destroy()],
    ["never answers", () => undefined],
  ])("%s", async (what, answer) => {
    await using agent = await guarded({ timeoutMs: 400 });
    lookup(answer);
    await knock(agent.target, what, bearer(secrets.make("looked up token")), 503);
  });

  const serving = (path: string, body: string) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== path) return false;
    response.writeHead(200, { "content-type": "application/json" }).end(body);
    return true;
  };
  const metadata = "/.well-known/openid-configuration";

  test.each([
    ["has keys that are no JSON", () => serving("/jwks", "{"), {}],
    ["has no metadata that is JSON", () => serving(metadata, "<html>"), {}],
    [
      "says it is another issuer",
      () => serving(metadata, '{"issuer":"https://other.example","jwks_uri":"https://x.example"}'),
      {},
    ],
    ["is at an address that is refused", () => () => false, { egress: {} }],
    [
      "is not there",
      () =>
        ({ socket }: IncomingMessage) =>
          socket.destroy() !== undefined,
      {},
    ],
  ])("%s", async (what, intercept, auth) => {
    await using agent = await guarded(auth);
    const token = await minted("token without keys");
    issuer.intercept = intercept();
    await knock(agent.target, what, bearer(token), 503);
  });
});

describe("the written log", () => {
  test("hides credentials in what a handler throws", async () => {
    const secret = secrets.make("token in an error");
    const fail = skill({
      description: "Fails",
      run: () => {
        throw new Error(`POST https://user:${secret}@api.example?code=${secret} with authorization: Bearer ${secret}`);
      },
    });
    const { log, written } = logs();
    await using target = await startTarget(issuer, { agent: { skills: { echo: fail }, log } });
    const { text, status } = await target.post(bearer(await minted("token of a caller")));
    expect(status).toBe(200);
    secrets.note("the answer", text);
    for (const lines of written()) {
      expect(lines).toContain("asap.handler.failed");
      secrets.note("the written log", lines);
    }
  });

  test("tells whether a request was authenticated", async () => {
    const { log, written } = logs();
    await using target = await startTarget(issuer, { agent: { log } });
    await target.post(bearer(await minted("token of a caller")));
    expect(written()[0]).toContain("authenticated=true");
    expect(written()[1]).toContain('"authenticated":true');
  });
});

test("the canaries are found where they do come out", () => {
  const own = canaries();
  const secret = own.make("a place");
  const cause = new Error("inner", { cause: { deep: [secret] } });
  own.note("plain", `x${secret}`);
  own.note("coded", Buffer.from(`client:${secret}`).toString("base64"));
  own.note("cause", new Error("outer", { cause }));
  own.note("hidden", Object.defineProperty({}, "hidden", { value: secret }));
  expect(own.leaks()).toEqual(["plain", "coded", "cause", "hidden"].map((where) => `a place: ${where}`));
  expect(secrets.size()).toBeGreaterThan(10_000);
});
