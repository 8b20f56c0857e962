import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Agent, type AgentOptions, createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { messageText, overSocket, taskRequest, taskText } from "./testing/asap-request.js";
import { openSocket, type SocketFrame } from "./testing/socket-client.js";
import { type ServeOptions, serve } from "./transport/node.js";
import type { WebSocketServeOptions } from "./transport/websocket-server.js";
import { ulid } from "./ulid.js";

const agentWith = (options: Partial<AgentOptions> = {}): Agent =>
  createAgent({
    id: "urn:asap:agent:server",
    skills: {
      echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
      slow: skill({
        description: "Slow",
        run: async (input, call) => {
          await wait(Number(input["ms"] ?? 100), undefined, { signal: call.signal });
          return { done: true };
        },
      }),
    },
    ...options,
  });

const open = { port: 0, rateLimit: "off" } as const;
const served = (websocket: WebSocketServeOptions = {}, options: ServeOptions = {}, agent = agentWith()) =>
  serve(agent, { ...open, ...options, websocket });
const slow = (id: string, ms: number) =>
  taskRequest({ payload: { skill_id: "slow", input: { ms } }, root: { id }, envelope: { requires_ack: true } });
const is = (id: unknown) => (frame: SocketFrame) => frame.id === id && frame.method === undefined;
const isAck = (frame: SocketFrame) => frame.method === "asap.ack";

describe("a WebSocket of a server", () => {
  test("answers requests in the order they are done, each ack before its answer (WS-001, WS-003, ACK-001)", async () => {
    await using server = await served();
    await using socket = await openSocket(server.url);
    socket.send(slow("late", 60));
    socket.send(taskRequest({ root: { id: 7 }, envelope: { requires_ack: true } }));
    await socket.find(is("late"));
    const order = socket.frames.map((frame) => (isAck(frame) ? "ack" : frame.id));
    expect(order).toEqual(["ack", "ack", 7, "late"]);
  });

  test("is kept alive by pings of both kinds (WS-005)", async () => {
    await using server = await served({ pingMs: 20 });
    await using socket = await openSocket(server.url);
    const pinged = new Promise((resolve) => socket.socket.once("ping", resolve));
    expect(await socket.find((frame) => frame.type === "ping")).toEqual({ type: "ping" });
    await pinged;
    socket.send('{"type":"pong"}');
    socket.send(taskRequest());
    await socket.find(is("req-1"));
    expect(socket.frames.filter((frame) => frame.error !== undefined)).toEqual([]);
  });

  test("is closed with 1001 when nothing was received for too long (WSB-009)", async () => {
    await using server = await served({ pingMs: 1_000, staleMs: 40 });
    await using socket = await openSocket(server.url, { autoPong: false });
    expect(await socket.closed).toEqual({ code: 1001, reason: "" });
  });

  test("stays open for as long as the peer answers pings", async () => {
    await using server = await served({ pingMs: 15, staleMs: 60 });
    await using socket = await openSocket(server.url);
    await wait(200);
    socket.send(taskRequest());
    expect((await socket.find(is("req-1"))).result?.envelope.payload).toMatchObject({ status: "completed" });
  });

  test("is closed with 1001 and a reason when the server stops, after the answers under way (WS-007)", async () => {
    const server = await served();
    await using socket = await openSocket(server.url);
    socket.send(slow("under way", 80));
    await socket.find(isAck);
    const stopped = server.close();
    socket.send(taskRequest({ root: { id: "new" } }));
    const refused = await socket.find(is("new"));
    expect(refused.error).toMatchObject({ code: -32603, data: { code: "asap:transport/shutting_down" } });
    expect((await socket.find(is("under way"))).result?.envelope.payload).toMatchObject({ result: { done: true } });
    expect(await socket.closed).toEqual({ code: 1001, reason: "Server shutting down" });
    await stopped;
  });

  test("a peer that never closes does not hold up the end of the server", async () => {
    const server = await served();
    await using socket = await openSocket(server.url);
    socket.socket.pause();
    await server.close();
    await expect(openSocket(server.url)).rejects.toThrow();
  });

  test("what is not done within the drain is answered with an error", async () => {
    const server = await served({}, { drainMs: 30 });
    await using socket = await openSocket(server.url);
    socket.send(slow("too slow", 60_000));
    await socket.find(isAck);
    await server.close();
    expect((await socket.find(is("too slow"))).error?.code).toBe(-32603);
  });
});

describe("limits of a WebSocket", () => {
  test("more than maxInFlight requests are refused as busy, a cancellation is not", async () => {
    await using server = await served({ maxInFlight: 2 }, { drainMs: 20 });
    await using socket = await openSocket(server.url);
    const running = slow("a", 60_000);
    socket.send(running);
    socket.send(slow("b", 60_000));
    socket.send(slow("c", 1));
    const busy = await socket.find(is("c"));
    expect(busy.error).toMatchObject({ code: -32603, message: "Service Temporarily Unavailable" });
    expect(busy.error?.data).toMatchObject({
      code: "asap:transport/thread_pool_exhausted",
      details: { max_threads: 2, active_threads: 2 },
    });
    socket.send(messageText("task.cancel", { task_id: running.params.envelope.id }));
    expect((await socket.find(is("a"))).result?.envelope.payload).toMatchObject({ status: "cancelled" });
  });

  test("more than maxConnections upgrades are 503", async () => {
    await using server = await served({ maxConnections: 1 });
    await using first = await openSocket(server.url);
    await expect(openSocket(server.url)).rejects.toThrow("503");
    first.socket.close();
    await first.closed;
    await using second = await openSocket(server.url);
    second.send(taskRequest());
    await second.find(is("req-1"));
  });

  test("less than one message a second still lets one pass", async () => {
    await using server = await served({ messagesPerSecond: 0.5 });
    await using socket = await openSocket(server.url);
    socket.send(taskRequest());
    expect((await socket.find(is("req-1"))).error).toBeUndefined();
  });

  test("messages beyond the rate are -32001 with their id, then 1008 (WSB-010, WSB-011)", async () => {
    await using server = await served({ messagesPerSecond: 2 });
    await using socket = await openSocket(server.url);
    for (let count = 0; count < 10; count += 1) socket.send('{"type":"pong","at":1}');
    socket.send("{nope");
    for (const id of ["a", "b", "c"]) socket.send(taskRequest({ root: { id } }));
    expect((await socket.find(is("c"))).error).toEqual({
      code: -32001,
      message: "Rate limit exceeded; too many messages per second",
    });
    expect(await socket.closed).toEqual({ code: 1008, reason: "" });
    expect(socket.frames.map((frame) => frame.error?.code ?? "result")).toEqual([-32700, "result", "result", -32001]);
  });

  test("what was taken before the rate was passed is answered before the end", async () => {
    await using server = await served({ messagesPerSecond: 2 });
    await using socket = await openSocket(server.url);
    for (const id of ["a", "b", "c", "d"]) socket.send(slow(id, 50));
    await socket.closed;
    const answers = socket.frames.filter((frame) => !isAck(frame));
    expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["c", -32001],
    ]);
  });

  test("frames that are not JSON stay free when the rate is used up", async () => {
    await using server = await served({ messagesPerSecond: 1 });
    await using socket = await openSocket(server.url);
    socket.send(taskRequest());
    socket.send("{nope");
    socket.send("[1]");
    await socket.closed;
    expect(socket.frames.map((frame) => frame.error?.code ?? "result")).toEqual(["result", -32700, -32001]);
  });

  test("the rate limit of serve leaves it on, off lifts it with that of HTTP", async () => {
    for (const [rateLimit, codes] of [
      ["1000/second", [undefined, -32001]],
      ["off", [undefined]],
    ] as const) {
      await using server = await serve(agentWith(), { port: 0, rateLimit });
      await using socket = await openSocket(server.url);
      for (let id = 1; id <= 11; id += 1) socket.send(taskRequest({ root: { id } }));
      await socket.find(is(11));
      expect([...new Set(socket.frames.map((frame) => frame.error?.code))]).toEqual(codes);
    }
  });

  test("a message over the limit is an error, one far over it ends the connection with 1009 (WSB-012)", async () => {
    await using server = await served({ maxMessageBytes: 1_000 });
    await using socket = await openSocket(server.url);
    socket.send("x".repeat(1_001));
    expect((await socket.find(is(null))).error).toMatchObject({
      code: -32600,
      data: {
        error: "Request size (1001 bytes) exceeds maximum (1000 bytes)",
        code: "asap:transport/request_too_large",
      },
    });
    socket.send(taskRequest());
    await socket.find(is("req-1"));
    socket.send("x".repeat(2_000));
    expect((await socket.closed).code).toBe(1009);
  });

  test("a reader that stops reading is closed with 1013, and its answers do not pile up", async () => {
    const agent = agentWith();
    await using server = await served({ highWaterBytes: 10_000, maxBufferedBytes: 1e9, slowReaderMs: 50 }, {}, agent);
    await using socket = await openSocket(server.url);
    await using other = await openSocket(server.url);
    socket.send(taskRequest({ envelope: { sender: "urn:asap:agent:sleeper" } }));
    await socket.find(is("req-1"));
    socket.socket.pause();
    const to = (peer: string | undefined) => peer === "urn:asap:agent:sleeper";
    const update = {
      task_id: "t",
      update_type: "progress",
      status: "working",
      progress: { text: "x".repeat(100_000) },
    };
    for (let count = 0; count < 200; count += 1) agent.broadcast("TaskUpdate", update, { to });
    await wait(300);
    other.send(taskRequest({ root: { id: "meanwhile" } }));
    await other.find(is("meanwhile"));
    socket.socket.resume();
    expect([1006, 1013]).toContain((await socket.closed).code);
    other.send(taskRequest());
    await other.find(is("req-1"));
    expect(agent.broadcast("TaskUpdate", update)).toBe(1);
  });

  test("one that is too far behind is closed at once", async () => {
    const agent = agentWith();
    await using server = await served({ highWaterBytes: 1_000, maxBufferedBytes: 200_000 }, {}, agent);
    await using socket = await openSocket(server.url);
    socket.socket.pause();
    const payload = { task_id: "t", update_type: "progress", status: "working", progress: { text: "x".repeat(5e7) } };
    agent.broadcast("TaskUpdate", payload);
    await wait(20);
    socket.socket.resume();
    const { code, reason } = await socket.closed;
    expect([`1013 Reader too slow`, "1006 "]).toContain(`${code} ${reason}`);
  });

  test("options that cannot be are refused by name", async () => {
    await expect(served({ pingMs: 0 })).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      data: { option: "websocket.pingMs" },
    });
  });

  test("compression is negotiated when it is offered, and large answers use it", async () => {
    await using server = await served();
    await using socket = await openSocket(server.url, { perMessageDeflate: true });
    expect(socket.socket.extensions).toContain("permessage-deflate");
    socket.send(taskRequest({ input: { message: "a".repeat(5_000) } }));
    expect((await socket.find(is("req-1"))).result?.envelope.payload["result"]).toEqual({
      echoed: { message: "a".repeat(5_000) },
    });
  });
});

describe("upgrades", () => {
  test("credentials are judged at the upgrade by authorize, with its answer (WSB-006)", async () => {
    const asked: unknown[] = [];
    await using server = await served({
      authorize: async (request) => {
        asked.push(request);
        if (request.authorization === "Bearer good") return undefined;
        if (request.authorization === "Bearer broken") throw new Error("canary");
        const headers = ["www-authenticate", 'Bearer realm="asap"'];
        return { status: request.authorization ? 403 : 401, headers, body: { detail: "Authentication required" } };
      },
    });
    const upgrade = (extra: string) =>
      overSocket(
        server.port,
        `GET /asap/ws?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extra}\r\n`,
      );
    const refused = await upgrade("");
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    expect(refused).toContain('www-authenticate: Bearer realm="asap"');
    expect(refused).toContain('{"detail":"Authentication required"}');
    expect(await upgrade("Authorization: Bearer bad\r\n")).toMatch(/^HTTP\/1\.1 403 /);
    const broken = await upgrade("Authorization: Bearer broken\r\n");
    expect(broken).toMatch(/^HTTP\/1\.1 500 /);
    expect(broken).not.toContain("canary");
    await using socket = await openSocket(server.url, { headers: { authorization: "Bearer good" } });
    socket.send(taskRequest());
    await socket.find(is("req-1"));
    expect(asked[0]).toMatchObject({ authorization: undefined, target: "/asap/ws?x=1", clientAddress: "127.0.0.1" });
  });

  test.each([
    ["a foreign Host", { headers: { host: "evil.example" } }, "403"],
    ["a foreign Origin", { headers: { origin: "https://evil.example" } }, "403"],
    ["Origin null", { headers: { origin: "null" } }, "403"],
  ])("%s is refused where the server listens on this host alone", async (_, options, status) => {
    await using server = await served();
    await expect(openSocket(server.url, options)).rejects.toThrow(status);
    const { headers } = options;
    const [name, value] = Object.entries(headers)[0] as [string, string];
    const host = name === "host" ? "" : "Host: localhost\r\n";
    const plain = await overSocket(
      server.port,
      `GET /health HTTP/1.1\r\n${host}Connection: close\r\n${name}: ${value}\r\n\r\n`,
    );
    expect(plain).toMatch(/^HTTP\/1\.1 403 /);
  });

  test.each([
    ["a page of this host", {}, { origin: "http://localhost:3000" }],
    ["an allowed page", { allowedOrigins: ["https://app.example"] }, { origin: "https://app.example" }],
    ["any page where all are", { allowedOrigins: ["*"] }, { origin: "https://app.example" }],
    ["an allowed host", { allowedHosts: ["agent.example"] }, { host: "agent.example:81" }],
    ["the host of the public URL", { publicUrl: "https://agent.example/x" }, { host: "agent.example" }],
    ["any page where the server listens on every address", { host: "0.0.0.0" }, { origin: "https://app.example" }],
  ])("%s is taken", async (_, options, headers) => {
    await using server = await served({}, options);
    await using socket = await openSocket(`http://127.0.0.1:${server.port}`, { headers });
    socket.send(taskRequest());
    await socket.find(is("req-1"));
  });

  test("websocket: false serves HTTP alone and says so in the manifest", async () => {
    await using server = await serve(agentWith(), { ...open, websocket: false });
    await expect(openSocket(server.url)).rejects.toThrow("404");
    const manifest = await (await fetch(`${server.url}/.well-known/asap/manifest.json`)).json();
    expect(manifest).toMatchObject({ endpoints: { events: null } });
  });

  test("bearer credentials of the agent judge each message by the header of the upgrade", async () => {
    const auth = { validateToken: (token: string) => (token === "good" ? "urn:asap:agent:client" : null) };
    await using server = await served({}, {}, agentWith({ auth }));
    for (const [headers, code] of [
      [{}, -32600],
      [{ authorization: "Bearer bad" }, -32600],
      [{ authorization: "Bearer good" }, undefined],
    ] as const) {
      await using socket = await openSocket(server.url, { headers });
      socket.send(taskRequest({ envelope: { requires_ack: true } }));
      expect((await socket.find(is("req-1"))).error?.code).toBe(code);
      expect(socket.frames.some(isAck)).toBe(code === undefined);
    }
  });
});

test("what is taken over a WebSocket is answered as over HTTP, byte for byte but for ids and times", async () => {
  await using server = await served();
  await using socket = await openSocket(server.url);
  for (const text of [taskText({ root: { id: 1 } }), "{}", "[1]", taskText({ payload: { skill_id: "nope" } })]) {
    const { length } = socket.frames;
    const repeat = text.replace(/"id":"01[^"]+"/, `"id":"${ulid()}"`);
    const overHttp = await (await fetch(`${server.url}/asap`, { method: "POST", body: repeat })).text();
    socket.send(text);
    await socket.find(() => socket.frames.length > length);
    const plain = (answer: string) => answer.replace(/"(?:id|timestamp|task_id|correlation_id)":"[^"]*"/g, '"-"');
    expect(plain(JSON.stringify(socket.frames.at(-1)))).toBe(plain(overHttp));
  }
});
