import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { type Agent, type AgentOptions, createAgent } from "./agent.js";
import { type ConnectOptions, connect } from "./client.js";
import { isAsapError } from "./error.js";
import { skill } from "./skill.js";
import { taskRequest } from "./testing/asap-request.js";
import { type Fate, frameProxy } from "./testing/frame-proxy.js";
import { openSocket } from "./testing/socket-client.js";
import { type ServeOptions, type Server, serve } from "./transport/node.js";

const quick = { reconnect: { baseMs: 5, maxMs: 50 }, initialAttempts: 1_000, ack: { timeoutMs: 500, maxRetries: 20 } };
const dial = (url: string, websocket: object = {}, options: ConnectOptions = {}) =>
  connect(url, {
    transport: "websocket",
    recipient: "urn:asap:agent:server",
    ...options,
    websocket: { ...quick, ...websocket },
  });

/** An agent that notes what it ran. */
function agentWith(options: Partial<AgentOptions> = {}): { readonly agent: Agent; readonly ran: string[] } {
  const ran: string[] = [];
  const agent = createAgent({
    id: "urn:asap:agent:server",
    skills: {
      echo: skill({
        description: "Echo",
        run: async (input) => {
          ran.push(String(input["name"]));
          await wait(Number(input["ms"] ?? 0));
          return { ...input };
        },
      }),
      count: skill({
        description: "Count",
        async *run(input) {
          for (let step = 1; step <= 20; step += 1) {
            yield { step, life: String(input["life"] ?? "") };
            await wait(10);
          }
          return { done: true };
        },
      }),
    },
    ...options,
  });
  return { agent, ran };
}

const start = (agent: Agent, options: ServeOptions = {}): Promise<Server> =>
  serve(agent, { port: 0, rateLimit: "off", drainMs: 0, ...options });

const codeOf = (error: unknown): string => (isAsapError(error) ? error.code : String(error));

describe("a server that is gone", () => {
  test("and comes back at the same port in the middle of a request: the new one answers", async () => {
    const first = agentWith();
    const second = agentWith();
    const server = await start(first.agent);
    await using proxy = await frameProxy(() => port);
    let { port } = server;
    await using peer = await dial(proxy.url);
    const answer = peer.run("echo", { name: "x", ms: 300 });
    await vi.waitFor(() => expect(first.ran).toEqual(["x"]));
    proxy.killAll();
    await using successor = await start(second.agent);
    port = successor.port;
    await server.close();
    expect(await answer).toEqual({ name: "x", ms: 300 });
    expect(second.ran).toEqual(["x"]);
  });

  test("a stream goes on over a lost connection, each update once", async () => {
    await using server = await start(agentWith().agent);
    await using proxy = await frameProxy(server.port);
    await using peer = await dial(proxy.url);
    const steps: unknown[] = [];
    const stream = peer.stream("count", {});
    for await (const { progress } of stream) {
      steps.push(progress?.["step"]);
      if (steps.length === 5 || steps.length === 11) proxy.killAll();
    }
    expect(steps).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(await stream.result).toEqual({ done: true });
    expect(proxy.counts.connections).toBe(3);
  });

  test("a stream that another server would begin anew says plainly that it was interrupted", async () => {
    const server = await start(agentWith().agent);
    let { port } = server;
    await using proxy = await frameProxy(() => port);
    await using peer = await dial(proxy.url);
    const stream = peer.stream("count", {});
    const steps: unknown[] = [];
    const reading = (async () => {
      for await (const { progress } of stream) {
        steps.push(progress?.["step"]);
        if (steps.length !== 5) continue;
        const successor = await start(agentWith().agent);
        port = successor.port;
        proxy.killAll();
        void server.close();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "asap:transport/stream_interrupted" });
    await expect(stream.result).rejects.toMatchObject({ code: "asap:transport/stream_interrupted" });
    expect(steps.length).toBeGreaterThanOrEqual(5);
  });

  test("200 clients come back after a restart, and every call is answered", async () => {
    const first = agentWith();
    const second = agentWith();
    const server = await start(first.agent);
    let { port } = server;
    await using proxy = await frameProxy(() => port);
    const peers = await Promise.all(Array.from({ length: 200 }, () => dial(proxy.url)));
    await Promise.all(peers.map((peer, at) => peer.run("echo", { name: `first ${at}` })));
    expect(proxy.counts.connections).toBe(200);
    await using successor = await start(second.agent);
    port = successor.port;
    proxy.killAll();
    await server.close();
    const answers = await Promise.all(peers.map((peer, at) => peer.run("echo", { name: `second ${at}` })));
    expect(answers).toHaveLength(200);
    expect(new Set(second.ran).size).toBe(200);
    expect(second.ran).toHaveLength(200);
    await Promise.all(peers.map((peer) => peer.close()));
  });
});

describe("a connection that is silent", () => {
  test("half open: the client finds out, opens another and gets its answer; the server lets go of the old one", async () => {
    const { agent, ran } = agentWith();
    await using server = await start(agent, { websocket: { pingMs: 20, staleMs: 200 } });
    let isSilent = false;
    const fate = ({ connection }: { connection: number }): Fate => (isSilent && connection === 1 ? "drop" : "pass");
    await using proxy = await frameProxy(server.port, fate);
    await using peer = await dial(proxy.url, { pingMs: 20, staleMs: 150 });
    await peer.run("echo", { name: "before" });
    isSilent = true;
    expect(await peer.run("echo", { name: "after" })).toEqual({ name: "after" });
    expect(ran).toEqual(["before", "after"]);
    expect(proxy.counts.connections).toBe(2);
    await vi.waitFor(() => expect(agent.metrics.connections).toBe(1), 3_000);
  });

  test("a clock that jumps closes nothing, and frees no one from freshness", async () => {
    let offsetMs = 0;
    const now = () => Date.now() + offsetMs;
    const { agent } = agentWith({ now });
    await using server = await start(agent, { websocket: { pingMs: 20, staleMs: 300, messagesPerSecond: 100 } });
    await using socket = await openSocket(server.url);
    for (const jump of [3_600_000, -3_600_000]) {
      offsetMs = jump;
      await wait(60);
      const id = `at ${jump}`;
      socket.send(taskRequest({ root: { id }, envelope: { timestamp: new Date(now()).toISOString() } }));
      expect((await socket.find((frame) => frame.id === id)).error).toBeUndefined();
      socket.send(taskRequest({ root: { id: `stale ${id}` }, envelope: { timestamp: new Date().toISOString() } }));
      expect((await socket.find((frame) => frame.id === `stale ${id}`)).error?.code).toBe(-32602);
    }
    expect(socket.socket.readyState).toBe(1);
  });

  test("a client whose clock jumps keeps its connection and its acknowledgements", async () => {
    let offsetMs = 0;
    const { agent, ran } = agentWith();
    await using server = await start(agent);
    const now = () => Date.now() + offsetMs;
    await using peer = await dial(server.url, {}, { now });
    await peer.run("echo", { name: "a" });
    offsetMs = 20_000;
    await peer.run("echo", { name: "b" });
    offsetMs = -200_000;
    await peer.run("echo", { name: "c" });
    expect(ran).toEqual(["a", "b", "c"]);
    expect(peer.connection.state).toEqual({ status: "open" });
  });
});

describe("leaks", () => {
  test("1,000 reconnections leave no listener, timer or socket behind", async () => {
    const { agent } = agentWith();
    await using server = await start(agent);
    await using proxy = await frameProxy(server.port);
    const peer = await dial(proxy.url, { reconnect: { baseMs: 1, maxMs: 1 } });
    const stop = peer.onMessage(() => {});
    const signal = new AbortController().signal;
    const resources = () => {
      const all = process.getActiveResourcesInfo();
      return all.filter((name) => name === "Timeout" || name === "TCPSocketWrap").length;
    };
    for (let count = 0; count < 10; count += 1) await peer.run("echo", { name: "warm" }, { signal });
    const before = resources();
    for (let count = 1; count <= 1_000; count += 1) {
      proxy.killAll();
      await peer.run("echo", { name: `run ${count}` }, { signal });
    }
    expect(proxy.counts.connections).toBeGreaterThanOrEqual(1_000);
    await vi.waitFor(() => expect(resources()).toBeLessThanOrEqual(before + 8), 5_000);
    await vi.waitFor(() => expect(agent.metrics.connections).toBe(1), 5_000);
    stop();
    await peer.close();
    await vi.waitFor(() => expect(agent.metrics.connections).toBe(0), 5_000);
  }, 60_000);

  test("100 calls that are given up leave nothing pending, and the connection works on", async () => {
    const { agent, ran } = agentWith();
    await using server = await start(agent);
    await using peer = await dial(server.url);
    const controller = new AbortController();
    const calls = Array.from({ length: 100 }, (_, at) =>
      peer.run("echo", { name: `${at}`, ms: 200 }, { signal: controller.signal }).catch(codeOf),
    );
    await vi.waitFor(() => expect(ran.length).toBeGreaterThan(50));
    controller.abort();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["asap:transport/aborted"]));
    expect(await peer.run("echo", { name: "next" })).toEqual({ name: "next" });
  });
});

describe("bounds", () => {
  test("30 calls at once against the default message rate are all answered, and run once", async () => {
    const { agent, ran } = agentWith();
    await using server = await serve(agent, { port: 0 });
    await using peer = await dial(server.url);
    const names = Array.from({ length: 30 }, (_, at) => `${at}`);
    const answers = await Promise.all(names.map((name) => peer.run("echo", { name })));
    expect(answers.map(({ name }) => name)).toEqual(names);
    expect([...ran].sort()).toEqual([...names].sort());
  }, 30_000);

  test("calls beyond the bound of one connection go over others", async () => {
    const { agent } = agentWith();
    await using server = await start(agent);
    await using peer = await dial(server.url, { maxInFlight: 5, maxConnections: 3 });
    const calls = Array.from({ length: 20 }, (_, at) => peer.run("echo", { name: `${at}`, ms: 30 }));
    await vi.waitFor(() => expect(agent.metrics.connections).toBe(3));
    expect(await Promise.all(calls)).toHaveLength(20);
  });

  test("an answer larger than the client takes fails its call, not the client", async () => {
    const { agent } = agentWith();
    await using server = await start(agent);
    await using peer = await dial(server.url, { maxPayload: 10_000 });
    const error: unknown = await peer.run("echo", { name: "x".repeat(20_000) }).catch((cause: unknown) => cause);
    expect(codeOf(error)).toBe("asap:transport/connection_failed");
    expect(await peer.run("echo", { name: "small" })).toEqual({ name: "small" });
  });

  test("a request larger than the server takes is an error, and the connection stays", async () => {
    const { agent } = agentWith();
    await using server = await start(agent, { websocket: { maxMessageBytes: 10_000 } });
    await using peer = await dial(server.url);
    const error: unknown = await peer.run("echo", { name: "x".repeat(12_000) }).catch((cause: unknown) => cause);
    expect(codeOf(error)).toBe("asap:transport/remote_error");
    expect(await peer.run("echo", { name: "small" })).toEqual({ name: "small" });
    expect(agent.metrics.connections).toBe(1);
  });
});
