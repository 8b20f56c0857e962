import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type Fate, frameProxy, type PassingFrame, seededRandom } from "./frame-proxy.js";

/** A socket that speaks through a proxy to a server that says everything again, and the texts that come back. */
async function echoed(decide: (frame: PassingFrame) => Fate) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
  server.on("connection", (socket) => {
    socket.on("message", (data) => socket.send(String(data)));
    socket.on("error", () => {});
  });
  await once(server, "listening");
  const proxy = await frameProxy((server.address() as AddressInfo).port, decide);
  const socket = new WebSocket(proxy.url, { perMessageDeflate: true });
  const texts: string[] = [];
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  const came = (count: number) =>
    new Promise<string[]>((resolve) => {
      const look = () => texts.length >= count && resolve(texts);
      socket.on("message", look);
      look();
    });
  socket.on("message", (data) => texts.push(String(data)));
  await once(socket, "open");
  return {
    proxy,
    socket,
    came,
    closed,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a proxy of frames", () => {
  test.each([1, 125, 126, 65_535, 65_536, 300_000])("passes texts of %i bytes, uncompressed", async (length) => {
    await using line = await echoed(() => "pass");
    line.socket.send("x".repeat(length));
    expect(await line.came(1)).toEqual(["x".repeat(length)]);
    expect(line.socket.extensions).toBe("");
    expect(line.proxy.counts).toEqual({ connections: 1, killed: 0, harmed: 0 });
  });

  test("shows each frame with its way, its connection and its text", async () => {
    const seen: PassingFrame[] = [];
    await using line = await echoed((frame) => {
      seen.push(frame);
      return "pass";
    });
    line.socket.send("hé");
    await line.came(1);
    expect(seen).toEqual([
      { to: "server", connection: 1, opcode: 1, text: "hé" },
      { to: "client", connection: 1, opcode: 1, text: "hé" },
    ]);
  });

  test("loses, doubles and delays the frames it is told to", async () => {
    const fates: Record<string, Fate> = { lost: "drop", double: "twice", late: { lateMs: 30 } };
    await using line = await echoed(({ to, text }) => (to === "server" ? (fates[text] ?? "pass") : "pass"));
    for (const text of ["late", "lost", "double", "plain"]) line.socket.send(text);
    expect(await line.came(4)).toEqual(["double", "double", "plain", "late"]);
    expect(line.proxy.counts).toEqual({ connections: 1, killed: 0, harmed: 3 });
  });

  test("kills a connection at a frame, which does not arrive", async () => {
    await using line = await echoed(({ text }) => (text === "end" ? "kill" : "pass"));
    line.socket.send("a");
    expect(await line.came(1)).toEqual(["a"]);
    line.socket.send("end");
    expect(await line.closed).toBe(1006);
    expect(await line.came(1)).toEqual(["a"]);
    expect(line.proxy.counts).toEqual({ connections: 1, killed: 1, harmed: 1 });
  });
});

test("chance is the same for the same seed, and spread over its range", () => {
  const draw = (seed: number) => Array.from({ length: 1_000 }, seededRandom(seed));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  const low = draw(3).filter((value) => value < 0.5).length;
  expect(low).toBeGreaterThan(400);
  expect(low).toBeLessThan(600);
});
