import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { encodeFrame } from "../socket-frames.js";
import { type Peer, startPeer } from "./peer.js";
import type { Script } from "./scenario.js";

const patience = { timeout: 15_000 };
const over = new AbortController();
const peers: Peer[] = [];
const clients: Socket[] = [];
const handshake = [
  "GET /asap/ws HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
].join("\r\n");

/** A peer with a WebSocket that is open. */
async function open(script: Script = {}) {
  const peer = await startPeer({ script, env: () => ({}), signal: over.signal });
  peers.push(peer);
  return { peer, client: await openAt(peer) };
}

/** One more WebSocket. */
async function openAt({ url }: Peer) {
  const client = connect(Number(new URL(url).port), "127.0.0.1");
  clients.push(client);
  client.on("error", () => {}).write(`${handshake}\r\n\r\n`);
  await once(client, "data");
  return client;
}

const send = (input: string) =>
  `{"jsonrpc":"2.0","method":"asap.send","id":1,"params":{"envelope":{"id":"e","payload":{"input":${input}}}}}`;

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const peer of peers.splice(0)) await peer.close();
});

describe("the peer's end of a WebSocket", () => {
  test("that cannot write an answer tells of it, and nothing else breaks", async () => {
    const { peer, client } = await open();
    client.write(encodeFrame({ data: send("[".repeat(20_000) + "]".repeat(20_000)) }));
    await expect.poll(peer.fault, patience).toContain("call stack");
  });

  test("keeps parts of frames only as long as there is room", async () => {
    const { peer } = await open();
    const part = encodeFrame({ data: Buffer.alloc(30 * 1_048_576), declares: 40 * 1_048_576 });
    for (let at = 0; at < 3; at += 1) (await openAt(peer)).write(part);
    await expect.poll(peer.tooMuch, patience).toMatch(/^4 requests, 0 frames/);
  });

  test("does not inflate what is compressed where that was not agreed on", async () => {
    const documents: unknown[] = [];
    const { client } = await open({ message: (document) => documents.push(document) > 0 });
    const data = deflateRawSync('"compressed"', { finishFlush: constants.Z_SYNC_FLUSH });
    client.write(Buffer.concat([encodeFrame({ data, rsv: 4 }), encodeFrame({ data: '"plain"' })]));
    await expect.poll(() => documents, patience).toEqual([undefined, "plain"]);
  });

  test("ends for the clock before its client can see it", async () => {
    const ended: (number | undefined)[] = [];
    const { peer, client } = await open({
      message(document, socket) {
        if (document === "close") socket.close(1001);
        else socket.destroy();
        ended.push(socket.request.endedAtMs);
        return true;
      },
    });
    client.write(encodeFrame({ data: '"close"' }));
    (await openAt(peer)).write(encodeFrame({ data: '"destroy"' }));
    await expect.poll(() => ended, patience).toEqual([expect.any(Number), expect.any(Number)]);
  });

  test("tells of a script that fails later", async () => {
    const { peer, client } = await open({
      message(_, socket) {
        socket.later(1, () => {
          throw new Error("no answer");
        });
        return true;
      },
    });
    client.write(encodeFrame({ data: send("{}") }));
    await expect.poll(peer.fault, patience).toBe("no answer");
  });
});
