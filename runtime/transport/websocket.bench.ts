import { randomBytes } from "node:crypto";
import { type AddressInfo, connect } from "node:net";
import { WebSocketServer } from "ws";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { bePart, compare, type Driver, measure, pin, type Subject, startSubject } from "../testing/measured-process.js";
import { ulid } from "../ulid.js";
import { serve } from "./node.js";

const connections = 10;
const inFlight = 5;

/** A ws server that parses JSON and answers with the same JSON. */
function serveBare(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("message", (data) => socket.send(JSON.stringify(JSON.parse(String(data)))));
  });
  return new Promise((resolve) => server.on("listening", () => resolve((server.address() as AddressInfo).port)));
}

async function serveAsap(): Promise<number> {
  const any = { type: "object" } as const;
  const echo = skill({ description: "Echo", input: any, output: any, run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id: "urn:asap:agent:bench", skills: { echo } });
  return (await serve(agent, { port: 0, rateLimit: "off" })).port;
}

const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const idLength = 26;

/** A masked text frame that holds a request; `idAt` is where its envelope id stands. */
function requestFrame(requiresAck: boolean): { readonly bytes: Buffer; readonly idAt: number } {
  const envelope = {
    id: ulid(),
    asap_version: "0.1",
    timestamp: new Date().toISOString(),
    sender: "urn:asap:agent:client",
    recipient: "urn:asap:agent:bench",
    payload_type: "task.request",
    payload: { conversation_id: "conv_01HX5K3MQVN8", skill_id: "echo", input: { message: "hello there" } },
    requires_ack: requiresAck,
  };
  const text = JSON.stringify({ jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: "req-1" });
  const head = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff, ...mask]);
  const body = Buffer.from(text).map((byte, at) => byte ^ (mask[at & 3] as number));
  return { bytes: Buffer.concat([head, body]), idAt: head.length + text.indexOf(envelope.id) };
}

let counter = 0;

/** Writes the next number, in decimal and masked, where the envelope id of a frame stands. */
function renumber(bytes: Buffer, idAt: number, headAt: number): void {
  let left = counter++;
  for (let at = idAt + idLength - 1; at >= idAt; at -= 1) {
    bytes[at] = (0x30 + (left % 10)) ^ (mask[(at - headAt) & 3] as number);
    left = Math.floor(left / 10);
  }
}

/** Counts the frames in what a server sends, and refuses error frames: those with an `e` where `result` begins. */
class FrameCounter {
  #left = 0;
  #rest: Buffer | undefined;

  /** Frames that end in a chunk. */
  endingIn(chunk: Buffer): number {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let frames = this.#left > 0 && bytes.length >= this.#left ? 1 : 0;
    let at = this.#left;
    while (at < bytes.length) {
      if (bytes.length - at < 24) {
        this.#rest = bytes.subarray(at);
        this.#left = 0;
        return frames;
      }
      if (bytes[at] !== 0x81 || bytes[at + 1] !== 126 || bytes[at + 22] === 0x65) {
        throw new Error(`The server sent ${bytes.subarray(at, at + 300).toString("latin1")}`);
      }
      at += 4 + bytes.readUInt16BE(at + 2);
      if (at <= bytes.length) frames += 1;
    }
    this.#left = at - bytes.length;
    return frames;
  }
}

interface Load {
  readonly requiresAck: boolean;
  readonly framesPerRequest: number;
}

/** Keeps some requests under way on one connection until told to stop. */
function drive(port: number, load: Load): Promise<Driver> {
  const { bytes, idAt } = requestFrame(load.requiresAck);
  const batch = Buffer.concat(Array.from({ length: inFlight }, () => bytes));
  const counted = new FrameCounter();
  let frames = 0;
  let answered = 0;
  let isOpen = false;
  let owed = 0;
  let stopping: ((count: number) => void) | undefined;
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const send = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const at = index * bytes.length;
        renumber(batch, at + idAt, at + 8);
      }
      socket.write(Buffer.from(batch.subarray(0, count * bytes.length)));
    };
    const pay = () => {
      send(owed);
      owed = 0;
    };
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.write(
      `GET /asap/ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.on("data", (chunk: Buffer) => {
      if (!isOpen) {
        if (!chunk.toString("latin1").startsWith("HTTP/1.1 101")) reject(new Error("The upgrade was refused"));
        isOpen = true;
        send(inFlight);
        resolve({ stop: () => new Promise((stopped) => (stopping = stopped)) });
        return;
      }
      frames += counted.endingIn(chunk);
      const done = Math.floor(frames / load.framesPerRequest) - answered;
      if (done === 0) return;
      answered += done;
      if (stopping === undefined) {
        if (owed === 0) setImmediate(pay);
        owed += done;
      } else {
        socket.destroy();
        stopping(answered);
      }
    });
  });
}

async function echoes(label: string, requiresAck: boolean, atLeast: number): Promise<boolean> {
  const bare = await startSubject<number>(import.meta.url, "bare");
  const asap = await startSubject<number>(import.meta.url, "asap");
  for (const { pid } of [bare, asap]) pin(pid, 0);
  const side = (name: string, subject: Subject<number>, framesPerRequest: number) => ({
    name,
    measure: () => measure(subject, () => drive(subject.facts, { requiresAck, framesPerRequest }), connections),
  });
  const holds = await compare(
    `${label}, ${connections} connections with ${inFlight} in flight`,
    [side("bare ws", bare, 1), side("asap-kit", asap, requiresAck ? 2 : 1)],
    atLeast,
  );
  for (const subject of [bare, asap]) subject.stop();
  return holds;
}

const [kind] = process.argv.slice(2);
if (kind === "bare" || kind === "asap") bePart(await (kind === "bare" ? serveBare() : serveAsap()));
else {
  pin(process.pid, 1);
  const held = [
    await echoes("echo task over WebSocket", false, 0.65),
    await echoes("echo task over WebSocket with acknowledgement", true, 0.55),
  ];
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
