import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Envelope } from "../generated/models.js";
import { createAgent } from "./agent.js";
import { type ConnectOptions, connect } from "./client.js";
import type { ConnectionState } from "./connection.js";
import { AsapError } from "./error.js";
import { createWebSocketPool } from "./index.js";
import { type ServeOptions, serve } from "./node.js";
import { skill } from "./skill.js";
import { type Received, scriptedPeer, sent, taskAnswer } from "./testing/scripted-peer.js";
import type { CreateWebSocket, WebSocketLike } from "./transport/websocket.js";
import { createWebSocket } from "./transport/websocket-node.js";

const manifestPath = "/.well-known/asap/manifest.json";
const quick = { websocket: { reconnect: { baseMs: 5, maxMs: 20 } } } as const;

/** An agent that notes the envelopes of its tasks. */
async function served(options: Partial<ServeOptions> = {}) {
  const envelopes: Envelope[] = [];
  const note = skill({
    description: "Notes",
    run: (input, call) => {
      envelopes.push(call.envelope);
      return { got: input };
    },
  });
  const count = skill({
    description: "Counts",
    async *run(input: { readonly to?: unknown }) {
      for (let n = 1; n <= Number(input.to); n++) yield { percent: n };
      return { counted: input.to };
    },
  });
  const runs: string[] = [];
  const slowly = skill({
    description: "Counts slowly",
    async *run(input: { readonly to?: unknown }) {
      runs.push("slowly");
      for (let n = 1; n <= Number(input.to); n++) {
        yield { percent: n };
        await wait(5);
      }
      return { counted: input.to };
    },
  });
  const reasons: unknown[] = [];
  const endless = skill({
    description: "Works until it is told to stop",
    async *run(_input: object, call) {
      yield { percent: 1 };
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
      reasons.push(call.signal.reason);
      return {};
    },
  });
  const agent = createAgent({ id: "urn:asap:agent:noter", skills: { note, count, slowly, endless } });
  const server = await serve(agent, { port: 0, rateLimit: "off", drainMs: 20, ...options });
  const socketUrl = `${server.url.replace("http", "ws")}/asap/ws`;
  return { agent, server, envelopes, reasons, runs, socketUrl, [Symbol.asyncDispose]: () => server.close() };
}

describe("connect() with the URL of a WebSocket", () => {
  test("runs skills over it, asks for acknowledgements and names the agent of the manifest", async () => {
    await using agent = await served();
    await using peer = await connect(agent.socketUrl);
    expect(await peer.run("note", { n: 1 })).toEqual({ got: { n: 1 } });
    expect(agent.envelopes).toMatchObject([{ requires_ack: true, recipient: "urn:asap:agent:noter" }]);
    expect(peer.connection).toMatchObject({ transport: "websocket", state: { status: "open" } });
  });

  test("asks for acknowledgements by the type of the message, in any spelling, and leaves the caller's envelope alone (ACK-003)", async () => {
    await using agent = await served();
    await using peer = await connect(agent.socketUrl);
    const base = { asap_version: "0.1", sender: "urn:asap:agent:me", recipient: "urn:asap:agent:noter" };
    const payload = { conversation_id: "c", skill_id: "note", input: {} };
    for (const payload_type of ["task.request", "TaskRequest", "task_request", "TASK-REQUEST"]) {
      const envelope = Object.freeze({ ...base, payload_type, payload, requires_ack: false });
      await peer.sendEnvelope(envelope);
      expect(envelope.requires_ack).toBe(false);
    }
    expect(agent.envelopes.map(({ requires_ack }) => requires_ack)).toEqual([true, true, true, true]);
  });

  test("takes the breaker of the options", async () => {
    const circuits = new Map();
    const websocket = { initialAttempts: 1 };
    await using peer = await connect("ws://127.0.0.1:1", { breaker: { failures: 1, circuits }, websocket });
    await expect(peer.run("note", {})).rejects.toMatchObject({ code: "asap:transport/connection_failed" });
    await expect(peer.run("note", {})).rejects.toMatchObject({ code: "asap:transport/circuit_open" });
  });

  test("streams a task, and cancels it when the reader leaves", async () => {
    await using agent = await served();
    await using peer = await connect(agent.socketUrl);
    const stream = peer.stream("count", { to: 20 });
    const percents: unknown[] = [];
    for await (const { progress } of stream) percents.push(progress?.percent);
    expect(percents).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(await stream.result).toEqual({ counted: 20 });
    for await (const _update of peer.stream("endless", {})) break;
    expect(agent.reasons).toMatchObject([{ code: "asap:task/cancelled" }]);
  });

  test("goes on with a stream after its connection was lost: every update once, in order", async () => {
    await using agent = await served();
    const sockets: WebSocketLike[] = [];
    const noting: CreateWebSocket = async (url, parameters) => {
      const socket = await createWebSocket(url, parameters);
      sockets.push(socket);
      return socket;
    };
    const websocket = { createWebSocket: noting, reconnect: { baseMs: 5 } };
    await using peer = await connect(agent.socketUrl, { websocket });
    const stream = peer.stream("slowly", { to: 30 });
    const percents: unknown[] = [];
    for await (const { progress } of stream) {
      percents.push(progress?.percent);
      if (percents.length === 5 || percents.length === 15) sockets.at(-1)?.close();
    }
    expect(percents).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(await stream.result).toEqual({ counted: 30 });
    expect(sockets.length).toBeGreaterThanOrEqual(2);
    expect(agent.runs).toEqual(["slowly"]);
  });

  test("hears what the agent broadcasts", async () => {
    await using agent = await served();
    await using peer = await connect(agent.socketUrl);
    const heard = new Promise<Envelope>((resolve) => peer.onMessage(resolve));
    await peer.run("note", {});
    agent.agent.broadcast("ArtifactNotify", { task_id: "t", artifact_id: "a" });
    expect(await heard).toMatchObject({ sender: "urn:asap:agent:noter", payload: { artifact_id: "a" } });
  });

  test("takes its connection from a pool that peers share, as long as one of them is open", async () => {
    let upgrades = 0;
    const authorize = () => {
      upgrades += 1;
      return undefined;
    };
    await using agent = await served({ websocket: { authorize } });
    const pool = createWebSocketPool();
    const peers = await Promise.all([1, 2, 3].map(() => connect(agent.socketUrl, { websocket: { pool } })));
    await Promise.all(peers.map((peer, n) => peer.run("note", { n })));
    const [first, ...others] = peers;
    for (const peer of others) await peer.close();
    expect(await first?.run("note", { last: true })).toEqual({ got: { last: true } });
    await first?.close();
    expect(upgrades).toBe(1);
  });

  test("sends nothing before the first call", async () => {
    await using agent = await scriptedPeer(() => undefined);
    await using _peer = await connect(agent.url.replace("http", "ws"));
    expect(agent.requests).toEqual([]);
  });

  test.each([
    ["ws://agent.example", {}, "asap:transport/insecure_url"],
    ["ws://localhost", { transport: "http" }, "asap:config/invalid_option"],
    ["http://localhost", { transport: "carrier pigeon" as "http" }, "asap:config/invalid_option"],
    ["ws://localhost", { websocket: { maxInFlight: 0 } }, "asap:config/invalid_option"],
  ] as const)("refuses %s with %j", async (url, options, code) => {
    await expect(connect(url, options)).rejects.toMatchObject({ code });
  });
});

describe("connect() with an http URL", () => {
  test("goes over WebSocket where the manifest offers it, which is read once for both", async () => {
    await using agent = await served();
    await using peer = await connect(agent.server.url);
    expect(peer.connection.state).toEqual({ status: "idle" });
    const states: ConnectionState["status"][] = [];
    const stop = peer.connection.watch(({ status }) => states.push(status));
    await Promise.all([peer.run("note", { n: 1 }), peer.run("note", { n: 2 })]);
    expect(agent.envelopes).toMatchObject([
      { requires_ack: true, recipient: "urn:asap:agent:noter" },
      { requires_ack: true, recipient: "urn:asap:agent:noter" },
    ]);
    expect(peer.connection).toMatchObject({ transport: "websocket", state: { status: "open" } });
    expect(states).toEqual(["connecting", "open"]);
    stop();
    const rest = (async () => {
      for await (const state of peer.connection) if (state.status === "closed") return state;
      return undefined;
    })();
    await peer.close();
    expect(await rest).toMatchObject({ status: "closed" });
  });

  test("hears broadcasts from its first call on, until it stops listening", async () => {
    await using agent = await served();
    await using peer = await connect(agent.server.url);
    const heard: unknown[] = [];
    const say = async (artifact_id: string) => {
      agent.agent.broadcast("ArtifactNotify", { task_id: "t", artifact_id });
      await peer.run("note", {});
    };
    const stop = peer.onMessage(({ payload }) => heard.push(payload["artifact_id"]));
    await peer.run("note", {});
    await say("first");
    stop();
    await say("second");
    peer.onMessage(({ payload }) => heard.push(payload["artifact_id"]));
    await say("third");
    expect(heard).toEqual(["first", "third"]);
  });

  test.each<[string, Partial<ServeOptions>, ConnectOptions]>([
    ["the caller says so", {}, { transport: "http" }],
    ["there is a fetch of its own", {}, { fetch }],
    ["the agent offers no WebSocket", { websocket: false }, {}],
  ])("stays with HTTP where %s", async (_, serving, options) => {
    await using agent = await served(serving);
    await using peer = await connect(agent.server.url, options);
    await peer.run("note", {});
    expect(agent.envelopes).toMatchObject([{ requires_ack: false, recipient: "urn:asap:agent:noter" }]);
    expect(peer.connection).toMatchObject({ transport: "http", state: { status: "idle" } });
  });

  test("goes over WebSocket without asking where the caller says so", async () => {
    await using agent = await served();
    await using peer = await connect(`${agent.server.url}/asap`, { transport: "websocket" });
    await peer.run("note", {});
    expect(peer.connection.transport).toBe("websocket");
  });

  /** An agent whose manifest offers what it is told; its WebSocket is refused. */
  const offering = (events: (request: Received) => string) =>
    scriptedPeer((got) => {
      if (got.path === "/asap") return taskAnswer(got);
      if (got.path !== manifestPath) return undefined;
      const capabilities = { asap_version: "0.1" };
      const endpoints = { asap: `http://${got.headers.host}/asap`, events: events(got) };
      const manifest = {
        id: "urn:asap:agent:found",
        name: "F",
        version: "1.0.0",
        description: "",
        capabilities,
        endpoints,
      };
      return { body: JSON.stringify(manifest) };
    });

  test("falls back to HTTP, for good, where the WebSocket cannot be opened", async () => {
    await using agent = await offering((got) => `ws://${got.headers.host}/asap/ws`);
    await using peer = await connect(agent.url, quick);
    expect(await Promise.all([peer.run("any", {}), peer.run("any", {})])).toEqual([{ ok: true }, { ok: true }]);
    expect(await peer.run("any", {})).toEqual({ ok: true });
    expect(agent.to("/asap").map((got) => sent(got).params.envelope["recipient"])).toEqual(
      Array.from({ length: 3 }, () => "urn:asap:agent:found"),
    );
    expect(sent(agent.to("/asap")[2] as Received).params.envelope["requires_ack"]).toBe(false);
    expect(agent.to(manifestPath)).toHaveLength(1);
    expect(peer.connection).toMatchObject({ transport: "http", state: { status: "idle" } });
  });

  test("falls back to HTTP where no WebSocket can be made", async () => {
    await using agent = await served();
    const nowhere = () => Promise.reject(new AsapError("asap:config/missing_package"));
    await using peer = await connect(agent.server.url, { websocket: { createWebSocket: nowhere } });
    expect(await peer.run("note", {})).toEqual({ got: {} });
    expect(peer.connection.transport).toBe("http");
  });

  test("throws what is wrong with a message also before the WebSocket was open", async () => {
    await using agent = await served();
    await using peer = await connect(agent.server.url);
    await expect(peer.run("nope", {})).rejects.toMatchObject({ code: "asap:transport/remote_error" });
  });

  test("closes a WebSocket that was chosen while the peer closed", async () => {
    await using agent = await served();
    const peer = await connect(agent.server.url);
    const call = peer.run("note", {});
    await Promise.resolve();
    await peer.close();
    await expect(call).rejects.toMatchObject({ code: "asap:transport/aborted" });
    await wait(20);
    expect(agent.envelopes).toEqual([]);
    expect(peer.connection.state).toEqual({ status: "closed" });
  });

  test("gives no other host its headers or a connection", async () => {
    const asked: string[] = [];
    const stranger = createServer((request, response) => {
      asked.push(String(request.url));
      response.end();
    }).on("upgrade", (request, socket) => {
      asked.push(String(request.url));
      socket.destroy();
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    await using agent = await offering(() => `ws://127.0.0.1:${port}/asap/ws`);
    await using peer = await connect(agent.url, { ...quick, headers: { authorization: "Bearer s3cret" } });
    expect(await peer.run("any", {})).toEqual({ ok: true });
    expect(asked).toEqual([]);
    expect(peer.connection.transport).toBe("http");
    stranger.close();
  });

  test("sends its headers with the upgrade", async () => {
    const seen: unknown[] = [];
    const authorize = ({ authorization }: { readonly authorization?: string | undefined }) => {
      seen.push(authorization);
      return undefined;
    };
    await using agent = await served({ websocket: { authorize } });
    await using peer = await connect(agent.server.url, { headers: async () => ({ authorization: "Bearer x" }) });
    await peer.run("note", {});
    expect(seen).toEqual(["Bearer x"]);
  });

  test("asks again where the agent was not there the first time", async () => {
    const first = await served();
    const { port } = new URL(first.server.url);
    await first.server.close();
    await using peer = await connect(first.server.url, { ...quick, retry: false });
    await expect(peer.run("note", {})).rejects.toMatchObject({ code: "asap:transport/connection_failed" });
    expect(peer.connection.transport).toBe("http");
    await using _second = await served({ port: Number(port) });
    expect(await peer.run("note", {})).toEqual({ got: {} });
    expect(peer.connection.transport).toBe("websocket");
  });

  test("stays with a WebSocket that was open, and comes back to it", async () => {
    const first = await served();
    const { port } = new URL(first.server.url);
    await using peer = await connect(first.server.url, quick);
    const heard: unknown[] = [];
    peer.onMessage(({ payload }) => heard.push(payload["artifact_id"]));
    await peer.run("note", {});
    await first.server.close();
    await using second = await served({ port: Number(port) });
    expect(await peer.run("note", { again: true })).toEqual({ got: { again: true } });
    second.agent.broadcast("ArtifactNotify", { task_id: "t", artifact_id: "a" });
    await peer.run("note", {});
    expect(heard).toEqual(["a"]);
    expect(peer.connection).toMatchObject({ transport: "websocket", state: { status: "open" } });
  });

  test("ends a call on its way by its signal, and by closing", async () => {
    await using agent = await served();
    await using peer = await connect(agent.server.url);
    const controller = new AbortController();
    const first = peer.run("endless", {}, { signal: controller.signal });
    controller.abort("enough");
    await expect(first).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    const second = peer.run("endless", {});
    await peer.close();
    await expect(second).rejects.toMatchObject({ code: "asap:transport/aborted" });
  });
});
