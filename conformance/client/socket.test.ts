import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { encodeFrame } from "../socket-frames.js";
import { type Peer, startPeer } from "./peer.js";
import type { Script } from "./scenario.js";

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
  const client = connect(Number(new URL(peer.url).port), "127.0.0.1");
  peers.push(peer);
  clients.push(client);
  client.on("error", () => {}).write(`${handshake}\r\n\r\n`);
  await once(client, "data");
  return { peer, client };
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
    await expect.poll(peer.fault).toContain("call stack");
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
    await expect.poll(peer.fault).toBe("no answer");
  });
});
