import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import { answers, closedWith, frameOf, saidBy, say, talk } from "./conversation.js";
import { sampleContext } from "./sample-context.js";
import { closeData, opcodes } from "./socket-frames.js";
import { converse, type SocketAction } from "./websocket.js";
import { createWire, type Exchange, type WireOptions, type WireRequest } from "./wire.js";

const options: WireOptions = { timeoutMs: 2000, maxResponseBytes: 100_000, headers: {}, now: Date.now };
const ends: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const listening = (server: { once(event: "listening", then: () => void): unknown }) =>
  new Promise<void>((resolve) => server.once("listening", resolve));

interface Against {
  readonly server: WebSocketServer;
  exchange(actions: readonly SocketAction[], rest?: Partial<WireRequest>, signal?: AbortSignal): Promise<Exchange>;
}

async function against(
  onSocket: (socket: WebSocket) => void,
  serverOptions: ServerOptions = {},
  more: Partial<WireOptions> = {},
): Promise<Against> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/asap/ws", ...serverOptions });
  await listening(server);
  server.on("connection", (socket) => onSocket(socket.on("error", () => {})));
  const wire = createWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { ...options, ...more });
  ends.push(() => {
    wire.close();
    for (const socket of server.clients) socket.terminate();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    server,
    exchange: (actions, rest, signal) => wire.exchange(talk(sampleContext, actions, rest), signal),
  };
}

async function againstTcp(onSocket: (socket: Socket) => void): Promise<ReturnType<typeof createWire>> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onSocket(socket);
  }).listen(0, "127.0.0.1");
  await listening(server);
  const wire = createWire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { ...options, timeoutMs: 200 });
  ends.push(() => {
    wire.close();
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return wire;
}

const echoing = (socket: WebSocket) =>
  socket.on("message", (data) => socket.send(JSON.stringify({ result: String(data), id: 1 })));
const said = (exchange: Exchange) => saidBy(exchange).map(({ json }) => json?.result);
const sent = (exchange: Exchange) =>
  exchange.frames?.filter(({ direction }) => direction === "sent").map(({ opcode }) => opcode);

/** A peer that takes a piece of a message each 150 ms, and answers after two of them. */
class SlowPeer extends Duplex {
  private taken = 0;
  override _read() {}
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void) {
    if (chunk.includes("GET /")) {
      this.push("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      return done();
    }
    setTimeout(() => {
      this.taken += 1;
      const answer = '{"result":1,"id":1}';
      if (this.taken === 2) this.push(Buffer.concat([Buffer.of(0x81, answer.length), Buffer.from(answer)]));
      done();
    }, 150);
  }
}

describe("a long message", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("may take longer to send than an answer may take", async () => {
    vi.useFakeTimers();
    const bounds = { timeoutMs: 200, maxResponseBytes: 10_000, connectEvent: "connect" };
    const actions = [say("x".repeat(100_000)), answers(1)];
    const talked = converse(
      new SlowPeer() as unknown as Socket,
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      actions,
      bounds,
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect((await talked).failure).toBeUndefined();
  });
});

describe("a conversation over a WebSocket", () => {
  it("sends text, reads the answer, and ends with a closing handshake", async () => {
    const { exchange, server } = await against(echoing);
    const done = await exchange([say("grün"), answers(1)]);
    expect(done.response?.status).toBe(101);
    expect(done.failure).toBeUndefined();
    expect(said(done)).toEqual(["grün"]);
    expect(sent(done)).toEqual([opcodes.text, opcodes.close]);
    expect(closedWith(done)).toEqual({ code: 1000, reason: "" });
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it.each([0, 125, 126, 65_535, 65_536, 90_000])("sends and reads messages of %i bytes", async (size) => {
    const { exchange } = await against(echoing);
    const [result] = said(await exchange([say("x".repeat(size)), answers(1)]));
    expect(result).toBe("x".repeat(size));
  });

  it("sends a message in fragments and reads one that comes in fragments", async () => {
    const { exchange } = await against((socket) =>
      socket.on("message", (data) => {
        socket.send('{"id":1,"result":', { fin: false });
        socket.ping("between");
        socket.send(`"${data}"}`, { fin: true });
      }),
    );
    const done = await exchange([
      say("a", { fin: false }),
      say("b", { opcode: opcodes.continuation, fin: false }),
      say("c", { opcode: opcodes.continuation }),
      answers(1),
    ]);
    expect(said(done)).toEqual(["abc"]);
    expect(sent(done)).toContain(opcodes.pong);
  });

  it("compresses where that was agreed on, and inflates what comes", async () => {
    const headers = {
      "Sec-WebSocket-Extensions": "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
    };
    const { exchange } = await against(echoing, { perMessageDeflate: { threshold: 0 } });
    const text = "again and ".repeat(50);
    const done = await exchange([say(text, { compress: true }), answers(1)], { headers });
    expect(said(done)).toEqual([text]);
    expect(done.frames?.map(({ rsv, bytes }) => rsv === 4 && bytes < 100).slice(0, 2)).toEqual([true, true]);
    const plain = await exchange([say(text, { compress: true }), answers(1)]);
    expect(plain.frames?.map(({ rsv }) => rsv).slice(0, 2)).toEqual([0, 0]);
    expect(said(plain)).toEqual([text]);
  });

  it.each([
    ["a frame without mask", say("x", { masked: false }), 1002],
    ["a reserved bit", say("x", { rsv: 2 }), 1002],
    ["invalid UTF-8", say(Buffer.from([0xff])), 1007],
    ["a long ping", say("x".repeat(126), { opcode: opcodes.ping }), 1002],
    ["a bad close code", say(closeData(1005), { opcode: opcodes.close }), 1002],
    ["a length beyond the limit", say("", { declares: 20_000_000 }), 1009],
  ])("can send %s and reads the close code", async (_, action, code) => {
    const { exchange } = await against(echoing, { maxPayload: 1_000_000 });
    const done = await exchange([action, frameOf("close")]);
    expect(closedWith(done)?.code).toBe(code);
  });

  it("reads code and reason of a close and answers it", async () => {
    const { exchange } = await against((socket) => socket.close(1001, "Server shutting down"));
    const done = await exchange([frameOf("close")]);
    expect(closedWith(done)).toEqual({ code: 1001, reason: "Server shutting down" });
    expect(sent(done)).toEqual([opcodes.close]);
  });

  it("tells what else was sent before the close", async () => {
    const { exchange } = await against((socket) =>
      socket.on("message", () => {
        socket.send('{"result":1,"id":1}');
        socket.send('{"late":true}');
      }),
    );
    expect(saidBy(await exchange([say("x"), answers(1)])).map(({ text }) => text)).toEqual([
      '{"result":1,"id":1}',
      '{"late":true}',
    ]);
  });

  it("gives up a wait in vain, with what came so far", async () => {
    const { exchange, server } = await against((socket) => socket.send('{"type":"ping"}'), {}, { timeoutMs: 100 });
    const done = await exchange([answers(1), say("never")]);
    expect(done.failure).toEqual({ kind: "timeout", message: "waited 100 ms for an answer" });
    expect(saidBy(done)).toHaveLength(1);
    expect(sent(done)).toEqual([opcodes.close]);
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it("stops reading an agent that sends without end", async () => {
    const { exchange } = await against((socket) => socket.send("x".repeat(200_000)));
    expect((await exchange([answers(1)])).failure?.kind).toBe("too-large");
  });

  it("ends when the run is stopped", async () => {
    const stop = new AbortController();
    const { exchange } = await against(() => stop.abort());
    expect((await exchange([answers(1)], {}, stop.signal)).failure?.kind).toBe("not-sent");
  });

  it("reads a refused upgrade as the HTTP answer it is", async () => {
    const { exchange } = await against(echoing);
    const done = await exchange([say("x"), answers(1)], { path: "/other" });
    expect(done.response?.status).toBe(400);
    expect(done.frames).toEqual([]);
  });

  it("tells an agent that closes, hangs, or is not there", async () => {
    const ask = (wire: ReturnType<typeof createWire>) => wire.exchange(talk(sampleContext, [answers(1)]));
    expect((await ask(await againstTcp((socket) => socket.destroy()))).failure?.kind).toBe("reset");
    expect((await ask(await againstTcp(() => {}))).failure?.kind).toBe("timeout");
    expect((await ask(await againstTcp((socket) => socket.write("garbage")))).failure?.kind).toBe("malformed");
    expect((await ask(createWire("http://127.0.0.1:1", options))).failure?.kind).toBe("unreachable");
  });

  it("tells a connection that breaks without a close frame", async () => {
    const { exchange } = await against((socket) => socket.on("message", () => socket.terminate()));
    const done = await exchange([say("x"), answers(1)]);
    expect(closedWith(done)).toBeNull();
    expect(done.failure).toBeUndefined();
  });
});
