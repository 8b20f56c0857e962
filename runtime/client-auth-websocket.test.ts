import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { TokenSource } from "./auth/token-source.js";
import { type ConnectOptions, connect } from "./client.js";
import type { ConnectionState } from "./connection.js";
import { AsapError } from "./error.js";
import { createWebSocketPool } from "./index.js";
import { skill } from "./skill.js";
import { agentClaim, startTarget, type Target, targetId } from "./testing/forge-target.js";
import { type Received, scriptedPeer, taskAnswer } from "./testing/scripted-peer.js";
import { startTestIssuer, type TestIssuer } from "./testing/test-issuer.js";
import { type NotingSource, tokensInTurn } from "./testing/token-sources.js";
import { createWebSocket as createGlobal } from "./transport/websocket-global.js";

const bound = { [agentClaim]: targetId };
const reconnect = { baseMs: 5, maxMs: 20 };
const socket = { transport: "websocket", websocket: { reconnect } } as const;
const refused = (status: number) => ({
  code: "asap:transport/http_status",
  data: expect.objectContaining({ status }),
});
const nobody = () => {};

let issuer: TestIssuer;
let target: Target;
/** How far the clock of the agent is ahead, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  issuer = await startTestIssuer();
  const count = skill({
    description: "Counts",
    async *run(input: { readonly to?: unknown }) {
      for (let n = 1; n <= Number(input.to); n++) yield { percent: n };
      return { counted: input.to };
    },
  });
  const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
  const now = () => Date.now() + ahead;
  const serve = { websocket: { messagesPerSecond: Number.POSITIVE_INFINITY } } as const;
  target = await startTarget(issuer, { agent: { skills: { count, echo }, now }, serve });
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

/** A token that holds for some seconds. */
const lasting = async (seconds: number, more: object = {}) => {
  const exp = Math.floor((Date.now() + ahead) / 1_000) + seconds;
  return issuer.mint({ ...bound, exp, jti: String(Math.random()), ...more });
};

/** A call over a connection of its own. */
async function call(auth: TokenSource, options: ConnectOptions = socket, url = target.url) {
  await using peer = await connect(url, { ...options, auth });
  return await peer.run("echo", { n: 1 });
}

/** What a scripted peer does with an upgrade: refuses it with a status, opens it, or does with the open socket as told. */
type Step = number | "open" | ((socket: WebSocket) => void);

/** A WebSocket server that does as told and notes the Authorization headers. */
async function upgradePeer(...steps: readonly Step[]) {
  const authorizations: (string | undefined)[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on("upgrade", (request, stream, head) => {
    const step = steps[authorizations.length] ?? "open";
    authorizations.push(request.headers.authorization);
    if (typeof step === "number") {
      stream.end(
        `HTTP/1.1 ${step} No\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, (open) => {
      if (typeof step === "function") step(open);
      else open.on("message", (data) => open.send(taskAnswer({ text: String(data) } as Received).body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    async [Symbol.asyncDispose]() {
      for (const open of sockets.clients) open.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ends a connection at its first message. */
const endsWith = (code: number, reason: string) => (open: WebSocket) => {
  open.on("message", () => open.close(code, reason));
};

describe("connect() with a token source, over WebSocket", () => {
  test("sends a token with the upgrade, one for all calls of a connection", async () => {
    const auth = tokensInTurn(await lasting(600));
    await using peer = await connect(target.url, { ...socket, auth });
    for (const n of [1, 2, 3]) expect(await peer.run("echo", { n })).toEqual({ echoed: { n } });
    expect(auth.asked()).toBe(1);
    expect(auth.refusals).toEqual([]);
  });

  test("streams, when the first token was refused too", async () => {
    const auth = tokensInTurn("not.a.token", await lasting(600));
    await using peer = await connect(target.url, { ...socket, auth });
    const stream = peer.stream("count", { to: 5 });
    const percents: unknown[] = [];
    for await (const { progress } of stream) percents.push(progress?.percent);
    expect(percents).toEqual([1, 2, 3, 4, 5]);
    expect(auth.refusals).toEqual(["not.a.token"]);
  });

  test("100 calls at once with a token that is over: it is refused, and all are answered with the next", async () => {
    const over = await issuer.mint({ ...bound, exp: 1 });
    const auth = tokensInTurn(over, await lasting(600));
    const options = { transport: "websocket", websocket: { maxInFlight: 10, maxConnections: 5, reconnect } } as const;
    await using peer = await connect(target.url, { ...options, auth });
    const calls = Array.from({ length: 100 }, (_, n) => peer.run("echo", { n }));
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, n) => ({ echoed: { n } })));
    expect(auth.refusals).toEqual([over]);
  });

  test("reports a second 401, having told of both tokens; the next call begins anew", async () => {
    const auth = tokensInTurn("one", "two", await lasting(600));
    await using peer = await connect(target.url, { ...socket, auth });
    await expect(peer.run("echo", {})).rejects.toMatchObject(refused(401));
    expect(auth.refusals).toEqual(["one", "two"]);
    expect(await peer.run("echo", { n: 2 })).toEqual({ echoed: { n: 2 } });
  });

  test("makes no further attempt where the source gives the same token again", async () => {
    await using peer = await upgradePeer(401, 401);
    await expect(call(tokensInTurn("same"), socket, peer.url)).rejects.toMatchObject(refused(401));
    expect(peer.authorizations).toEqual(["Bearer same"]);
  });

  test.each([403, 307])("status %i tells the source nothing, is final and not followed", async (status) => {
    await using peer = await upgradePeer(status);
    const auth = tokensInTurn("one", "two");
    await expect(call(auth, socket, peer.url)).rejects.toMatchObject(refused(status));
    expect(peer.authorizations).toEqual(["Bearer one"]);
    expect(auth.refusals).toEqual([]);
  });
});

describe("a token that ends on an open connection", () => {
  test("closes it with 1008; it is opened with another token and the request under way is answered", async () => {
    const [first, second] = [await lasting(60), await lasting(6_000)];
    const auth = tokensInTurn(first, second);
    await using peer = await connect(target.url, { ...socket, auth });
    const states: ConnectionState[] = [];
    peer.connection.watch((state) => states.push(state));
    await peer.run("echo", { n: 1 });
    ahead = 120_000;
    try {
      expect(await peer.run("echo", { n: 2 })).toEqual({ echoed: { n: 2 } });
    } finally {
      ahead = 0;
    }
    expect(auth.refusals).toEqual([first]);
    expect(states).toContainEqual(expect.objectContaining({ status: "waiting", closeCode: 1008 }));
  });

  test("is replaced for those who only listen too", async () => {
    const auth = tokensInTurn(await lasting(60), await lasting(6_000));
    await using peer = await connect(target.url.replace("http", "ws"), { websocket: { reconnect }, auth });
    peer.onMessage(nobody);
    await vi.waitFor(() => expect(peer.connection.state.status).toBe("open"), { timeout: 5_000 });
    ahead = 120_000;
    try {
      await vi.waitFor(() => expect(auth.refusals).toHaveLength(1), { timeout: 5_000 });
      await vi.waitFor(() => expect(peer.connection.state.status).toBe("open"), { timeout: 5_000 });
    } finally {
      ahead = 0;
    }
  });

  test.each(["Token expired", "Token no longer valid"])(
    "is told to be refused when the peer says %j",
    async (reason) => {
      await using peer = await upgradePeer(endsWith(1008, reason));
      await call(tokensInTurn("one", "two"), socket, peer.url);
      expect(peer.authorizations).toEqual(["Bearer one", "Bearer two"]);
    },
  );

  test.each([
    [1008, ""],
    [1011, "Token expired"],
  ])("is kept when the connection closes with %i %j", async (code, reason) => {
    await using peer = await upgradePeer(endsWith(code, reason));
    await call(tokensInTurn("one", "two"), socket, peer.url);
    expect(peer.authorizations).toEqual(["Bearer one", "Bearer one"]);
  });

  test("fails what was under way where connections are not opened again", async () => {
    await using peer = await upgradePeer(endsWith(1008, "Token expired"));
    const options = { transport: "websocket", websocket: { reconnect: false } } as const;
    const auth = tokensInTurn("one", "two");
    await expect(call(auth, options, peer.url)).rejects.toMatchObject({
      code: "asap:transport/connection_failed",
      data: { close_code: 1008, reason: "Token expired" },
    });
    expect(auth.refusals).toEqual(["one"]);
  });

  test("that ends at the upgrade after that: the next one is tried", async () => {
    await using peer = await upgradePeer(endsWith(1008, "Token expired"), 401);
    const auth = tokensInTurn("one", "two", "three");
    await call(auth, socket, peer.url);
    expect(peer.authorizations).toEqual(["Bearer one", "Bearer two", "Bearer three"]);
    expect(auth.refusals).toEqual(["one", "two"]);
  });
});

describe("a pool", () => {
  const opened = async (auth: NotingSource, pool: ReturnType<typeof createWebSocketPool>) => {
    const peer = await connect(target.url, { transport: "websocket", auth, websocket: { pool, reconnect } });
    await peer.run("echo", {});
    return peer;
  };

  test("shares connections between peers with the same source, not with another", async () => {
    await using pool = createWebSocketPool();
    const auth = tokensInTurn(await lasting(600));
    await using _one = await opened(auth, pool);
    await using _two = await opened(auth, pool);
    expect(pool.size).toBe(1);
    await using _other = await opened(tokensInTurn(await lasting(600)), pool);
    expect(pool.size).toBe(2);
    await expect(opened(tokensInTurn("bad"), pool)).rejects.toMatchObject(refused(401));
    expect(auth.asked()).toBe(1);
  });

  test("renews the token of a shared connection for all who use it", async () => {
    await using pool = createWebSocketPool();
    const auth = tokensInTurn(await lasting(60), await lasting(6_000));
    await using one = await opened(auth, pool);
    await using two = await opened(auth, pool);
    ahead = 120_000;
    try {
      const both = await Promise.all([one.run("echo", { n: 1 }), two.run("echo", { n: 2 })]);
      expect(both).toEqual([{ echoed: { n: 1 } }, { echoed: { n: 2 } }]);
    } finally {
      ahead = 0;
    }
    expect(auth.refusals).toHaveLength(1);
    expect(pool.size).toBe(1);
  });
});

describe("a token source that fails", () => {
  /** Gives or throws one after the other, the last for ever. */
  const inTurn = (...answers: readonly (string | Error)[]): TokenSource => {
    let at = 0;
    return {
      async token() {
        const answer = answers[Math.min(at++, answers.length - 1)];
        if (typeof answer === "string") return answer;
        throw answer;
      },
      refused: nobody,
    };
  };

  test.each(["asap:auth/unavailable", "asap:auth/token_request_failed"] as const)(
    "%s at first comes out of the call as it is, nothing is opened and the breaker stays closed",
    async (code) => {
      await using peer = await upgradePeer();
      const error = new AsapError(code);
      const circuits = new Map();
      const options = { ...socket, breaker: { failures: 1, circuits } };
      await expect(call(inTurn(error), options, peer.url)).rejects.toBe(error);
      expect(peer.authorizations).toEqual([]);
      expect(circuits.size).toBe(0);
    },
  );

  test("asap:auth/unavailable while a lost connection comes back is waited out", async () => {
    await using peer = await upgradePeer((open) => open.on("message", () => open.terminate()));
    const auth = inTurn("one", new AsapError("asap:auth/unavailable"), new TypeError("no"), "two");
    expect(await call(auth, socket, peer.url)).toEqual({ ok: true });
    expect(peer.authorizations).toEqual(["Bearer one", "Bearer two"]);
  });

  test("it is what the call fails with where the attempts are used up", async () => {
    await using peer = await upgradePeer((open) => open.on("message", () => open.terminate()));
    const error = new AsapError("asap:auth/unavailable");
    const options = { transport: "websocket", websocket: { reconnect: { ...reconnect, attempts: 2 } } } as const;
    await expect(call(inTurn("one", error), options, peer.url)).rejects.toBe(error);
  });

  test("another failure then ends the calls under way", async () => {
    await using peer = await upgradePeer((open) => open.on("message", () => open.terminate()));
    const error = new AsapError("asap:auth/token_request_failed");
    await expect(call(inTurn("one", error), socket, peer.url)).rejects.toBe(error);
  });

  test("a token that cannot be sent is refused", async () => {
    const error = { code: "asap:config/invalid_option", data: { option: "auth" } };
    await expect(call(inTurn("one\r\nX: 1"))).rejects.toMatchObject(error);
  });

  test("that never answers is bounded by the deadline, the signal and the end of the peer, and told to stop", async () => {
    await using agent = await upgradePeer();
    let given: AbortSignal | undefined;
    let give: (token: string) => void = nobody;
    const hanging: TokenSource = {
      token: (signal) => {
        given = signal;
        return new Promise((resolve) => {
          give = resolve;
        });
      },
      refused: nobody,
    };
    const peer = await connect(agent.url, { ...socket, auth: hanging });
    const late = { code: "asap:transport/timeout", data: { timeout_ms: 200 } };
    await expect(peer.run("echo", {}, { timeoutMs: 200 })).rejects.toMatchObject(late);
    const abort = new AbortController();
    const running = peer.run("echo", {}, { signal: abort.signal });
    abort.abort("enough");
    await expect(running).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    expect(given?.aborted).toBe(false);
    await peer.close();
    expect(given?.aborted).toBe(true);
    give("late");
    await call(tokensInTurn("other"), socket, agent.url);
    expect(agent.authorizations).toEqual(["Bearer other"]);
  });
});

describe("the automatic way", () => {
  test("asks for the manifest without a token and for the upgrade with one", async () => {
    const auth = tokensInTurn(await lasting(600));
    await using peer = await connect(target.url, { auth });
    await peer.run("echo", {});
    expect(peer.connection.transport).toBe("websocket");
    expect(auth.asked()).toBe(1);
  });

  test("a WebSocket that cannot send headers says so, and leaves the calls to HTTP", async () => {
    const websocket = { createWebSocket: createGlobal };
    const told = { code: "asap:config/invalid_option", data: { option: "createWebSocket" } };
    const own = { transport: "websocket", websocket } as const;
    await expect(call(tokensInTurn("one"), own)).rejects.toMatchObject(told);
    await using peer = await connect(target.url, { auth: tokensInTurn(await lasting(600)), websocket });
    expect(await peer.run("echo", { n: 1 })).toEqual({ echoed: { n: 1 } });
    expect(peer.connection.transport).toBe("http");
  });

  test("an Authorization header for the WebSocket alone is refused beside a source at once", async () => {
    await using peer = await scriptedPeer(() => undefined);
    const websocket = { headers: { Authorization: "Bearer canary" } };
    await expect(connect(peer.url, { auth: tokensInTurn("one"), websocket })).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      data: { option: "auth" },
    });
    expect(peer.requests).toEqual([]);
  });
});
