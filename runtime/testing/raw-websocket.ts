import { createHash, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { constants, inflateRawSync } from "node:zlib";

/** Opcodes of RFC 6455 section 5.2. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** How a frame departs from a whole, masked, uncompressed one. */
export interface FrameForm {
  /** Whether it is the last of its message. Default true. */
  readonly fin?: boolean;
  /** Default true, as RFC 6455 asks of clients. */
  readonly masked?: boolean;
}

/** A frame as it came; `code` is that of a close frame that has one. */
export interface RawFrame {
  readonly opcode: number;
  readonly data: Buffer;
  readonly code?: number | undefined;
}

/** The bytes of one frame. */
export function frameBytes(code: number, payload: Uint8Array | string, form: FrameForm = {}): Buffer {
  const { fin = true, masked = true } = form;
  const data = Buffer.from(payload as string);
  const head = Buffer.alloc(data.length < 126 ? 2 : data.length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | code;
  head[1] = (masked ? 0x80 : 0) | (head.length === 2 ? data.length : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(data.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(data.length), 2);
  if (!masked) return Buffer.concat([head, data]);
  const mask = randomBytes(4);
  for (let at = 0; at < data.length; at += 1) data[at] = (data[at] as number) ^ (mask[at & 3] as number);
  return Buffer.concat([head, mask, data]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason = ""): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

/** The Sec-WebSocket-Accept that answers a key (RFC 6455 section 4.2.2). */
export const acceptOf = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** Takes the first whole frame off some bytes. */
function takeFrame(bytes: Buffer): { readonly frame: RawFrame; readonly rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = bytes as unknown as [number, number];
  const size = second & 0x7f;
  const at = (size < 126 ? 2 : size === 126 ? 4 : 10) + (second & 0x80 ? 4 : 0);
  if (bytes.length < at) return undefined;
  const length = size < 126 ? size : size === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < at + length) return undefined;
  const mask = second & 0x80 ? bytes.subarray(at - 4, at) : Buffer.alloc(4);
  const sent = Buffer.from(bytes.subarray(at, at + length)).map((byte, index) => byte ^ (mask[index & 3] as number));
  const whole =
    first & 0x40
      ? inflateRawSync(Buffer.concat([sent, Buffer.from([0, 0, 255, 255])]), { finishFlush: constants.Z_SYNC_FLUSH })
      : sent;
  const data = Buffer.from(whole);
  const isCoded = (first & 0x0f) === opcode.close && data.length >= 2;
  const frame = isCoded
    ? { opcode: opcode.close, data: data.subarray(2), code: data.readUInt16BE(0) }
    : { opcode: first & 0x0f, data };
  return { frame, rest: bytes.subarray(at + length) };
}

/** Takes bytes as they come and gives out what they hold, one piece after the other. */
class Inbox<T> {
  readonly #ready: (T | undefined)[] = [];
  readonly #waiting: ((piece: T | undefined) => void)[] = [];
  #isOver = false;

  put(piece: T | undefined): void {
    this.#isOver ||= piece === undefined;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#ready.push(piece);
    else waiting(piece);
  }

  take(): Promise<T | undefined> {
    if (this.#ready.length > 0) return Promise.resolve(this.#ready.shift());
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** One side of a WebSocket connection over a TCP socket, which writes whatever bytes it is told to. */
export class RawWebSocket {
  readonly socket: Socket;
  readonly #inbox = new Inbox<RawFrame>();
  #bytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, head: Buffer) {
    this.socket = socket;
    this.#receive(head);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("close", () => this.#inbox.put(undefined));
    socket.on("error", () => {});
  }

  /** Sends frames of one kind, or bytes made with {@link frameBytes}. */
  send(code: number, payload: Uint8Array | string = "", form: FrameForm = {}): void {
    this.socket.write(frameBytes(code, payload, form));
  }

  /** The next frame that came; undefined once the connection is gone. */
  next(): Promise<RawFrame | undefined> {
    return this.#inbox.take();
  }

  #receive(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (let taken = takeFrame(this.#bytes); taken !== undefined; taken = takeFrame(this.#bytes)) {
      this.#bytes = taken.rest;
      this.#inbox.put(taken.frame);
    }
  }
}

/** What a server answered to an upgrade. */
export interface Handshake {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The connection, where the status is 101. */
  readonly socket: RawWebSocket | undefined;
  /** What follows the head of any other answer. */
  readonly body: string;
}

/** Asks for an upgrade with these headers, written as they are given. */
export function upgrade(
  port: number,
  path: string,
  headers: readonly (readonly [string, string])[],
): Promise<Handshake> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const socket = connect(port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
    const receive = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [first = "", ...rest] = bytes.subarray(0, end).toString("latin1").split("\r\n");
      const status = Number(first.split(" ")[1]);
      const named = new Map(
        rest.map((line) => [line.replace(/:.*$/, "").toLowerCase(), line.replace(/^[^:]*: */, "")]),
      );
      const left = bytes.subarray(end + 4);
      if (status === 101) {
        socket.removeListener("data", receive);
        resolve({ status, headers: named, socket: new RawWebSocket(socket, left), body: "" });
      } else if (left.length >= Number(named.get("content-length") ?? 0)) {
        socket.destroy();
        resolve({ status, headers: named, socket: undefined, body: left.toString("utf8") });
      }
    };
    socket.on("data", receive);
    socket.on("error", reject);
  });
}

/** Headers of an ordinary upgrade. */
export const upgradeHeaders = (port: number): (readonly [string, string])[] => [
  ["Host", `127.0.0.1:${port}`],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", randomBytes(16).toString("base64")],
  ["Sec-WebSocket-Version", "13"],
];
