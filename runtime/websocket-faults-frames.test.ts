import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { createAgent } from "./agent.js";
import { connect } from "./client.js";
import { skill } from "./skill.js";
import { taskRequest, taskText } from "./testing/asap-request.js";
import { frameProxy } from "./testing/frame-proxy.js";
import { acceptOf, opcode, RawWebSocket, upgrade, upgradeHeaders } from "./testing/raw-websocket.js";
import { openSocket } from "./testing/socket-client.js";
import { type ServeOptions, serve } from "./transport/node.js";

const quick = { reconnect: { baseMs: 5, maxMs: 50 }, initialAttempts: 1_000, ack: { timeoutMs: 5_000, maxRetries: 3 } };
const dial = (url: string, websocket: object = {}) =>
  connect(url, {
    transport: "websocket",
    recipient: "urn:asap:agent:server",
    timeoutMs: 10_000,
    websocket: { ...quick, ...websocket },
  });

/** An agent that notes what it ran, and how much of its stream it made. */
function agentWith() {
  const ran: string[] = [];
  const made = { steps: 0 };
  const agent = createAgent({
    id: "urn:asap:agent:server",
    skills: {
      echo: skill({
        description: "Echo",
        run: async (input) => {
          ran.push(String(input["message"]));
          await wait(Number(input["ms"] ?? 0));
          return { echoed: input["message"] };
        },
      }),
      flood: skill({
        description: "Megabytes",
        async *run() {
          for (let step = 1; step <= 60; step += 1) {
            made.steps = step;
            yield { step, text: "x".repeat(1_000_000) };
          }
          return { done: true };
        },
      }),
    },
  });
  return { agent, ran, made };
}

const start = (agent: ReturnType<typeof agentWith>["agent"], options: ServeOptions = {}) =>
  serve(agent, { port: 0, rateLimit: "off", drainMs: 0, ...options });

describe("frames that break the rules, from a client", () => {
  async function raw(port: number): Promise<RawWebSocket> {
    const { socket } = await upgrade(port, "/asap/ws", upgradeHeaders(port));
    if (socket === undefined) throw new Error("no upgrade");
    return socket;
  }

  const violations: Readonly<Record<string, readonly [number, (socket: RawWebSocket) => void]>> = {
    unmasked: [1002, (socket) => socket.send(opcode.text, taskText(), { masked: false })],
    "text that is not UTF-8": [1007, (socket) => socket.send(opcode.text, Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    binary: [1001, (socket) => socket.send(opcode.binary, taskText())],
    "a continuation of nothing": [1002, (socket) => socket.send(opcode.continuation, taskText())],
    "a text within the fragments of another": [
      1002,
      (socket) => {
        socket.send(opcode.text, "{", { fin: false });
        socket.send(opcode.text, taskText());
      },
    ],
  };
  test.each(Object.keys(violations))("%s: closes that connection, runs nothing and harms no other", async (name) => {
    const [code, send] = violations[name] ?? [0, () => {}];
    const { agent, ran } = agentWith();
    await using server = await start(agent);
    await using other = await openSocket(server.url);
    const bad = await raw(server.port);
    send(bad);
    expect(await bad.next()).toMatchObject({ opcode: opcode.close, code });
    bad.socket.destroy();
    other.send(taskRequest({ input: { message: "other" } }));
    await other.find((frame) => frame.id === "req-1");
    expect(ran).toEqual(["other"]);
    await vi.waitFor(() => expect(agent.metrics.connections).toBe(1));
  });

  test("a request in fragments, parted within a character and by a ping, is answered", async () => {
    const { agent, ran } = agentWith();
    await using server = await start(agent);
    const socket = await raw(server.port);
    const bytes = Buffer.from(taskText({ input: { message: "☃" } }));
    const cut = bytes.indexOf("☃") + 1;
    socket.send(opcode.text, bytes.subarray(0, cut), { fin: false });
    socket.send(opcode.ping, "between");
    socket.send(opcode.continuation, bytes.subarray(cut, cut + 1), { fin: false });
    socket.send(opcode.continuation, bytes.subarray(cut + 1));
    expect(await socket.next()).toMatchObject({ opcode: opcode.pong, data: Buffer.from("between") });
    expect(String((await socket.next())?.data)).toContain('"echoed":"☃"');
    expect(ran).toEqual(["☃"]);
    socket.socket.destroy();
  });
});

describe("frames that break the rules, from a server", () => {
  /** Serves an agent by hand: the first connection answers its first message with `misdeed`, later ones in fragments. */
  async function crooked(misdeed: (socket: RawWebSocket) => void) {
    const { agent, ran } = agentWith();
    const server = createServer();
    const sockets: RawWebSocket[] = [];
    server.on("upgrade", (request, duplex, head) => {
      const accept = acceptOf(String(request.headers["sec-websocket-key"]));
      duplex.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      const socket = new RawWebSocket(request.socket, head);
      const isFirst = sockets.push(socket) === 1;
      void (async () => {
        for (let frame = await socket.next(); frame !== undefined; frame = await socket.next()) {
          if (frame.opcode === opcode.close) socket.socket.end();
          if (frame.opcode !== opcode.text) continue;
          if (isFirst) {
            misdeed(socket);
            continue;
          }
          const answer = Buffer.from(await agent.receive(String(frame.data)));
          const cut = answer.indexOf("☃") + 1;
          socket.send(opcode.text, answer.subarray(0, cut), { fin: false, masked: false });
          socket.send(opcode.continuation, answer.subarray(cut), { masked: false });
        }
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      sockets,
      ran,
      async [Symbol.asyncDispose]() {
        for (const { socket } of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  const misdeeds: Readonly<Record<string, (socket: RawWebSocket) => void>> = {
    masked: (socket) => socket.send(opcode.text, "{}"),
    "text that is not UTF-8": (socket) =>
      socket.send(opcode.text, Buffer.from([0x22, 0xff, 0xfe, 0x22]), { masked: false }),
    "a continuation of nothing": (socket) => socket.send(opcode.continuation, "{}", { masked: false }),
  };
  test.each(Object.keys(misdeeds))("%s: a typed error for the call, another connection for the next", async (name) => {
    await using server = await crooked(misdeeds[name] ?? (() => {}));
    await using peer = await dial(server.url);
    await expect(peer.run("echo", { message: "a" })).rejects.toMatchObject({
      code: "asap:transport/connection_failed",
    });
    expect(await peer.run("echo", { message: "☃" })).toEqual({ echoed: "☃" });
    expect(server.sockets).toHaveLength(2);
    expect(server.ran).toEqual(["☃"]);
  });

  test("an end in the middle of a frame: the call is answered over another connection", async () => {
    await using server = await crooked((socket) => socket.socket.end(Buffer.from([0x81, 0x7d, 0x7b])));
    await using peer = await dial(server.url);
    expect(await peer.run("echo", { message: "☃" })).toEqual({ echoed: "☃" });
    expect(server.sockets).toHaveLength(2);
    expect(server.ran).toEqual(["☃"]);
  });
});

test("an answer that is lost with its connection is given again from store, acknowledged again, not run again", async () => {
  const { agent, ran } = agentWith();
  await using server = await start(agent);
  const sent: { id: string; method?: string; params?: { envelope: { id: string } } }[] = [];
  const answers: { result: { envelope: unknown } }[] = [];
  let acks = 0;
  await using proxy = await frameProxy(server.port, ({ to, text }) => {
    if (text === "") return "pass";
    if (to === "server") sent.push(JSON.parse(text));
    else if (text.includes('"asap.ack"')) acks += 1;
    else return answers.push(JSON.parse(text)) === 1 ? "kill" : "pass";
    return "pass";
  });
  await using peer = await dial(proxy.url);
  expect(await peer.run("echo", { message: "once" })).toEqual({ echoed: "once" });
  expect(ran).toEqual(["once"]);
  expect(acks).toBe(2);
  const [first, again] = sent;
  expect(sent).toHaveLength(2);
  expect(again?.params?.envelope).toEqual(first?.params?.envelope);
  expect(again?.id).not.toBe(first?.id);
  expect(answers).toHaveLength(2);
  expect(answers[1]?.result.envelope).toEqual(answers[0]?.result.envelope);
});

test("a server that stops and starts at the same port: calls under way are answered by the old one, later ones by the new", async () => {
  const first = agentWith();
  const second = agentWith();
  const server = await start(first.agent, { drainMs: 10_000 });
  const { port } = server;
  await using peer = await dial(server.url);
  const ask = (name: string) =>
    Promise.all(Array.from({ length: 20 }, (_, at) => peer.run("echo", { message: `${name} ${at}`, ms: 200 })));
  const early = ask("early");
  await vi.waitFor(() => expect(first.ran).toHaveLength(20));
  const stopped = server.close();
  const late = ask("late");
  await stopped;
  await using _ = await start(second.agent, { port });
  const expected = (name: string) => Array.from({ length: 20 }, (_, at) => ({ echoed: `${name} ${at}` }));
  expect(await early).toEqual(expected("early"));
  expect(await late).toEqual(expected("late"));
  expect(new Set(first.ran).size).toBe(20);
  expect(second.ran).toHaveLength(20);
  expect(second.ran.every((name) => name.startsWith("late"))).toBe(true);
});

test("a reader that stops in a stream stops the skill, not the others, and reads the whole of it later", async () => {
  const { agent, made } = agentWith();
  await using server = await start(agent, { websocket: { highWaterBytes: 1_000_000, slowReaderMs: 60_000 } });
  await using reader = await openSocket(server.url, { perMessageDeflate: false });
  await using other = await openSocket(server.url);
  reader.socket.pause();
  reader.send(taskRequest({ root: { id: "flood" }, payload: { skill_id: "flood" } }));
  await vi.waitFor(() => expect(made.steps).toBeGreaterThan(1));
  for (let turn = 0; turn < 20; turn += 1) {
    other.send(taskRequest({ root: { id: `turn ${turn}` } }));
    await other.find((frame) => frame.id === `turn ${turn}`);
  }
  let held = 0;
  while (held < made.steps) {
    held = made.steps;
    await wait(100);
  }
  expect(held).toBeLessThan(60);
  reader.socket.resume();
  await reader.find((frame) => frame.id === "flood");
  expect(made.steps).toBe(60);
  const steps = reader.frames.map((frame) => {
    const progress = frame.result?.envelope.payload["progress"];
    return progress instanceof Object && "step" in progress ? progress.step : undefined;
  });
  expect(steps.filter((step) => step !== undefined)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
});
