import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { skill } from "../skill.js";
import { taskText } from "../testing/asap-request.js";
import { startTarget, targetId } from "../testing/forge-target.js";
import { openSocket } from "../testing/socket-client.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { agentIdClaim } from "./identity.js";

let issuer: TestIssuer;
const revoked = new Set<string>();
let scope = "";
/** Lookups that came and were not answered yet. */
let unanswered: (() => void)[] = [];
let most = 0;
let isDown = false;
let onDown = () => {};

const answer = (response: ServerResponse, token: string): void => {
  const active = { active: true, sub: "client-1", aud: testAudience, scope, [agentIdClaim]: targetId };
  const body = revoked.has(token) ? { active: false } : { ...active, token_type: "Bearer" };
  if (isDown) onDown();
  response.writeHead(isDown ? 500 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
};

beforeAll(async () => {
  issuer = await startTestIssuer();
  issuer.intercept = (request, response) => {
    if (request.url !== "/introspect") return false;
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const token = new URLSearchParams(body).get("token") ?? "";
      unanswered.push(() => answer(response, token));
      most = Math.max(most, unanswered.length);
      setImmediate(() => {
        for (const each of unanswered.splice(0)) each();
      });
    });
    return true;
  };
});
afterAll(() => issuer.close());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  revoked.clear();
  scope = "asap:execute asap:read";
  unanswered = [];
  most = 0;
  isDown = false;
});
afterEach(() => vi.useRealTimers());

const scopes = skill({ description: "Scopes", run: (_, call) => ({ scopes: call.identity?.scopes }) });

/** Serves an agent whose connections are looked after every 10 ms. */
async function startGuarded(maxInFlight: number) {
  let clock = Date.now();
  const target = await startTarget(issuer, {
    auth: {
      introspection: {
        clientId: "agent",
        clientSecret: "its-secret",
        endpoint: `${issuer.issuer}/introspect`,
        maxInFlight,
      },
    },
    agent: { now: () => clock, skills: { scopes } },
    serve: { websocket: { pingMs: 1_000_000, slowReaderMs: 40 } },
  });
  return {
    open: (token: string) => openSocket(target.url, { headers: { authorization: `Bearer ${token}` } }),
    pass(seconds: number) {
      clock += seconds * 1_000;
      vi.advanceTimersByTime(seconds * 1_000);
    },
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

const withdrawn = { code: 1008, reason: "Token no longer valid" };

describe("many live sockets with opaque tokens", () => {
  test("are all judged again, also when fewer lookups may be under way than there are sockets", async () => {
    await using guarded = await startGuarded(1);
    const tokens = ["one", "two", "three", "four"];
    const clients = [];
    for (const token of tokens) clients.push(await guarded.open(token));
    for (const token of tokens.slice(2)) revoked.add(token);
    guarded.pass(61);
    const ends = await Promise.all(clients.slice(2).map(({ closed }) => closed));
    expect(ends).toEqual([withdrawn, withdrawn]);
    for (const { socket } of clients.slice(0, 2)) socket.terminate();
  });

  test("leave room for the lookups of requests", async () => {
    await using guarded = await startGuarded(64);
    const tokens = Array.from({ length: 20 }, (_, count) => `token-${count}`);
    const clients = [];
    for (const token of tokens) clients.push(await guarded.open(token));
    most = 0;
    for (const token of tokens) revoked.add(token);
    guarded.pass(61);
    await Promise.all(clients.map(({ closed }) => closed));
    expect(most).toBe(1);
  });

  test("are judged as soon as the issuer is back", async () => {
    await using guarded = await startGuarded(64);
    await using client = await guarded.open("token");
    revoked.add("token");
    const refused = new Promise<void>((resolve) => {
      onDown = resolve;
    });
    isDown = true;
    guarded.pass(61);
    await refused;
    isDown = false;
    expect(await client.closed).toEqual(withdrawn);
  });

  test("are judged by what the issuer says of their token now", async () => {
    await using guarded = await startGuarded(64);
    await using client = await guarded.open("token");
    let asked = 0;
    const seen = async () => {
      const id = `request-${++asked}`;
      client.send(taskText({ root: { id }, payload: { skill_id: "scopes" } }));
      return (await client.find((frame) => frame.id === id)).result?.envelope.payload["result"];
    };
    expect(await seen()).toEqual({ scopes: ["asap:execute", "asap:read"] });
    scope = "asap:execute";
    guarded.pass(61);
    await vi.waitFor(async () => expect(await seen()).toEqual({ scopes: ["asap:execute"] }), { timeout: 5_000 });
  });
});
