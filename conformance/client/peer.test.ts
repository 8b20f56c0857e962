import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect as connectTo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../runtime/index.js";
import { opcodes } from "../socket-frames.js";
import { errorTo } from "./conforming.js";
import { idOf, readJson } from "./json.js";
import { messagesIn } from "./messages.js";
import { type Peer, startPeer } from "./peer.js";
import { hiderOf, recordsOf } from "./record.js";
import type { Script } from "./scenario.js";
import type { Session } from "./session.js";

const over = new AbortController();
const peers: Peer[] = [];
const start = async (script: Script = {}) => {
  const peer = await startPeer({
    script,
    env: (url) => ({ ASAP_CONFORMANCE_TOKEN: `of ${url}` }),
    signal: over.signal,
  });
  peers.push(peer);
  return peer;
};
const sessionOf = ({ url, requests, posted }: Peer): Session => {
  const end = { code: 0, signal: null, timedOut: false, leftBehind: false, elapsedMs: 1, output: "" };
  return { url, requests, posted, env: {}, end };
};
const hello = { message: "hello" };
const kinds = (peer: Peer) => peer.requests.at(-1)?.frames?.map(({ direction, opcode }) => `${direction} ${opcode}`);

afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close();
});

describe("the peer", () => {
  test("answers over HTTP as an agent that conforms, and records what came as it came", async () => {
    const peer = await start();
    await using client = await connect(peer.url, { transport: "http", compressMinBytes: 1 });
    expect(await client.run("echo", hello)).toEqual({ echoed: hello });
    const [manifest, send] = peer.requests;
    expect(manifest).toMatchObject({ method: "GET", target: "/.well-known/asap/manifest.json", sent: { status: 200 } });
    expect(send).toMatchObject({ method: "POST", target: "/asap", document: { method: "asap.send" } });
    expect(send?.headers).toContainEqual(["Content-Encoding", "gzip"]);
    expect(send?.body.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(recordsOf(sessionOf(peer), hiderOf([]))[1]?.received).toContain('"skill_id":"echo"');
  });

  test("reads bodies that are not what they say, and answers 304 to a tag that it gave", async () => {
    const peer = await start();
    const post = (body: Uint8Array<ArrayBuffer>, coding: string) =>
      fetch(`${peer.url}/asap`, { method: "POST", body, headers: { "Content-Encoding": coding } }).then((r) =>
        r.text(),
      );
    await post(Buffer.from("{}"), "gzip");
    await post(gzipSync(Buffer.alloc(20_000_000)), "gzip");
    await post(Buffer.from([0xff]), "identity");
    expect(peer.requests.map(({ text }) => text)).toEqual([null, null, null]);
    const url = `${peer.url}/.well-known/asap/manifest.json`;
    const etag = (await fetch(url)).headers.get("etag") ?? "";
    expect((await fetch(url, { headers: { "If-None-Match": etag } })).status).toBe(304);
  });

  test("speaks WebSocket: acks, answers, closes, and records the frames of both sides", async () => {
    const peer = await start({ opened: (socket) => socket.send({ opcode: opcodes.ping }) });
    const client = await connect(peer.url, { transport: "websocket" });
    expect(await client.run("echo", hello)).toEqual({ echoed: hello });
    await client.close();
    while (peer.requests.at(-1)?.endedAtMs === undefined) await peer.stage.next();
    expect(kinds(peer)?.toSorted()).toEqual(
      ["received 1", "received 10", "received 8", "sent 1", "sent 1", "sent 8", "sent 9"].toSorted(),
    );
    const [message] = messagesIn(sessionOf(peer));
    expect(message?.document).toMatchObject({ method: "asap.send", params: { envelope: { requires_ack: true } } });
    const record = recordsOf(sessionOf(peer), hiderOf([])).at(-1);
    expect(record?.status).toBe(101);
    expect(record?.frames?.flatMap(({ marks }) => marks)).toEqual([]);
  });

  test("does with a WebSocket what the script says", async () => {
    let refused = 0;
    const peer = await start({
      upgrade: () => (refused++ === 0 ? { status: 503, body: "later" } : undefined),
      message: (document, socket) => {
        const { id } = document as { id: unknown };
        socket.sendJson(errorTo({ id }, -32602, "Invalid params"));
        return true;
      },
    });
    const ask = async () => {
      await using client = await connect(peer.url, { transport: "websocket", websocket: { reconnect: false } });
      return await client.run("echo", hello);
    };
    await expect(ask()).rejects.toThrow();
    await expect(ask()).rejects.toMatchObject({ data: { jsonrpc_code: -32602 } });
    const upgrades = peer.requests.filter(({ target }) => target === "/asap/ws");
    expect(upgrades.map(({ sent }) => sent?.status)).toEqual([503, 101]);
    expect(messagesIn(sessionOf(peer))).toHaveLength(1);
  });

  test("answers over HTTP to a client that asks for another protocol than WebSocket", async () => {
    const peer = await start();
    const socket = connectTo(Number(new URL(peer.url).port), "127.0.0.1");
    const body = '{"jsonrpc":"2.0","method":"asap.send","id":7,"params":{"envelope":{}}}';
    const ask = async (waitMs: number, ...headers: readonly string[]) => {
      const head = ["POST /asap HTTP/1.1", "Host: 127.0.0.1", `Content-Length: ${body.length}`, ...headers];
      socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, 9)}`);
      await sleep(waitMs);
      socket.write(body.slice(9));
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    };
    const wish = ["Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAEAAEAAAAIAAAAA", "Upgrade: h2c"];
    await ask(0, ...wish);
    await ask(50, ...wish);
    await ask(0, "Upgrade: h2c");
    socket.destroy();
    const served = { connection: 0, document: { id: 7 }, sent: { status: 200 } };
    expect(peer.requests).toMatchObject([served, served, served]);
    expect(peer.requests[0]?.headers).toContainEqual(["Upgrade", "h2c"]);
  });

  test("answers with an id that is too large for a number digit by digit", async () => {
    const peer = await start();
    const id = "7263845012345678901";
    const ask = (body: string) => fetch(`${peer.url}/asap`, { method: "POST", body }).then((answer) => answer.text());
    const send = `{"jsonrpc":"2.0","method":"asap.send","params":{"envelope":{"id":1}},"id":${id}}`;
    expect(await ask(send)).toContain(`"id":${id}`);
    expect(await ask(`{"id":${id},"method":"none"}`)).toContain(`"id":${id}`);
    const [first, second] = [send, send.replace("901}", "902}")].map(readJson);
    expect(idOf(first)).not.toBe(idOf(second));
  });

  test("resets, is late or says nothing at all where the script wants it", async () => {
    const peer = await start({
      answer: ({ at }) =>
        [
          { status: 0, reset: true },
          { status: 201, afterMs: 20 },
          { status: 0, silent: true },
        ][at],
    });
    await expect(fetch(peer.url)).rejects.toThrow();
    expect((await fetch(peer.url)).status).toBe(201);
    const silent = fetch(peer.url, { signal: AbortSignal.timeout(100) });
    await expect(silent).rejects.toThrow();
    expect(peer.requests.map(({ sent }) => sent?.status)).toEqual([undefined, 201, undefined]);
  });

  test("posts to a callback at this host alone, and records what came back", async () => {
    const receiver = createServer((_, response) => response.writeHead(202).end("thanks"));
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const peer = await start();
    expect(await peer.stage.post(url, { "Content-Type": "application/json" }, "{}")).toBe(202);
    expect(await peer.stage.post("http://192.0.2.1/hook", {}, "{}")).toBeNull();
    await new Promise((resolve) => receiver.close(resolve));
    expect(await peer.stage.post(url, {}, "{}")).toBeNull();
    expect(peer.posted.map(({ status }) => status)).toEqual([202, null, null]);
    expect(peer.posted[1]?.answer).toBe("the URL is not http at this host");
    const [record] = recordsOf(sessionOf(peer), hiderOf([]));
    expect(record?.sent).toMatch(/^POST http:.*\/hook HTTP\/1.1\n(.+\n)*\n\{\}$/);
    expect(record?.received).toMatch(/^HTTP\/1.1 202 Accepted\n(.+\n)*\nthanks$/);
  });

  test("tells of a script that fails, whichever part of it", async () => {
    const scripts: Script[] = [
      { answer: () => Promise.reject(new Error("no answer")) },
      {
        upgrade: () => {
          throw new Error("no answer");
        },
      },
    ];
    for (const script of scripts) {
      const peer = await start(script);
      await fetch(peer.url).catch(() => {});
      await connect(peer.url, { transport: "websocket" })
        .then((client) => client.run("echo", hello, { timeoutMs: 500 }))
        .catch(() => {});
      expect(peer.fault()).toBe("no answer");
    }
  });
});
