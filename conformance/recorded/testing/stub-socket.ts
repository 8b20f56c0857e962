import type { Duplex } from "node:stream";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { closeData, declaredLength, encodeFrame, opcodes, type ReadFrame, readFrame } from "../../socket-frames.js";
import { acceptOf } from "../../websocket.js";
import type { Reaction } from "./captures.js";
import type { Asked } from "./kind.js";
import { keptHeaders, notRecorded, numberHeader, type Replayer } from "./stub.js";

/** A connection that asked for an upgrade. */
export interface Opening {
  readonly asked: Asked;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly replayer: Replayer;
  /** Number of the request and of what is said after it. */
  readonly number: number;
}

const outright = 16 * 1024 * 1024;
const tail = Buffer.from([0, 0, 0xff, 0xff]);

/** A WebSocket that was opened. */
export interface OpenSocket {
  /** Closes it with that code and reason, unless it is closed. */
  end(code: number | null, reason: string): void;
}

/** Answers an upgrade and every message after it as they were recorded; undefined where it opens none. */
export function openSocket({ asked, socket, head, replayer, number }: Opening): OpenSocket | undefined {
  const { key, found } = replayer.reply(asked, number);
  const recorded = found?.response;
  const status = recorded?.status ?? notRecorded.status;
  const accept = { "Sec-WebSocket-Accept": acceptOf(asked.headers["sec-websocket-key"] ?? "") };
  const headers: Record<string, string> =
    recorded === undefined
      ? { "x-not-recorded": key.replace(/[^\x20-\x7e]/g, "?"), "content-length": "0" }
      : status === 101
        ? { ...keptHeaders(recorded.headers), Connection: "Upgrade", ...accept }
        : { ...keptHeaders(recorded.headers), "Content-Length": "0", Connection: "close" };
  const lines = Object.entries({ ...headers, [numberHeader]: String(number) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`HTTP/1.1 ${status} Recorded\r\n${lines.join("")}\r\n`);
  if (status !== 101) {
    socket.end();
    return undefined;
  }
  const deflates = Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === "sec-websocket-extensions" && value.includes("permessage-deflate"),
  );
  let bytes: Buffer = head;
  let waiting: Buffer[] = [];
  const counted: number[] = [];
  let parts: ReadFrame[] = [];
  let isClosed = false;

  const write = (opcode: number, data: Buffer) => {
    const isPacked = deflates && opcode === opcodes.text;
    const packed = isPacked ? deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4) : data;
    if (!socket.destroyed) socket.write(encodeFrame({ opcode, data: packed, masked: false, rsv: isPacked ? 4 : 0 }));
  };
  const close = (data: Buffer) => {
    isClosed = true;
    write(opcodes.close, data);
    socket.end();
  };
  const react = (reactions: readonly Reaction[], data: Buffer, frame = "") => {
    for (const { kind, text, code } of reactions) {
      if (kind === "text") write(opcodes.text, Buffer.from(text));
      else if (kind === "pong") write(opcodes.pong, data);
      else if (frame.startsWith("close")) close(data);
      else close(endData(code, text));
    }
  };
  const say = (body: Buffer, frame?: string) => {
    const plain: Asked = { ...asked, over: "ws", body, atMs: Date.now(), ...(frame === undefined ? {} : { frame }) };
    const isOver = frame === undefined && replayer.isOverRate("ws", counted);
    const { key: name, found: one } = replayer.reply(isOver ? { ...plain, isOverRate: true } : plain, number);
    if (one?.reaction === undefined) close(closeData(notRecorded.code, cutTo(name, 120)));
    else
      react(
        one.reaction.map((reaction) => ({ ...reaction, text: replayer.own(reaction.text, one.recording) })),
        body,
        frame,
      );
  };

  const take = (frame: ReadFrame) => {
    const { opcode, fin, rsv, masked, data } = frame;
    if (!masked) return say(data, "unmasked");
    if ((rsv !== 0 && !(deflates && rsv === 4)) || ![0, 1, 2, 8, 9, 10].includes(opcode)) return say(data, "odd");
    if (opcode >= opcodes.close) {
      if (!fin || data.length > 125) return say(data, "odd");
      if (opcode === opcodes.close) return say(data, closingOf(data));
      if (opcode === opcodes.pong) return say(data, "pong");
      return say(data, "ping");
    }
    if ((opcode === opcodes.continuation) !== parts.length > 0) return say(data, "odd");
    parts.push(frame);
    if (!fin) return undefined;
    const [first] = parts;
    const whole = Buffer.concat(parts.map((part) => part.data));
    parts = [];
    const plain =
      ((first?.rsv ?? 0) & 4) === 0
        ? whole
        : inflateRawSync(Buffer.concat([whole, tail]), { finishFlush: constants.Z_SYNC_FLUSH });
    return say(plain, first?.opcode === opcodes.binary ? "binary" : undefined);
  };

  const isOutright = () =>
    (declaredLength(bytes) ?? 0) + parts.reduce((sum, part) => sum + part.data.length, 0) > outright;
  const read = () => {
    while (!isClosed) {
      if (isOutright()) return say(Buffer.alloc(outright + 1));
      const next = readFrame(bytes);
      if (next === null) return undefined;
      bytes = bytes.subarray(next.used);
      take(next.frame);
    }
    return undefined;
  };
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    waiting.push(chunk);
    const arrived = waiting.reduce((sum, part) => sum + part.length, bytes.length);
    if (isClosed || (bytes.length > 14 && arrived < (declaredLength(bytes) ?? 0))) return;
    bytes = Buffer.concat([bytes, ...waiting]);
    waiting = [];
    read();
  });
  read();
  return {
    end(code, reason) {
      if (!isClosed) close(endData(code, reason));
    },
  };
}

const endData = (code: number | null, reason: string) => (code === null ? Buffer.alloc(0) : closeData(code, reason));

function closingOf(data: Buffer): string {
  return `close ${data.length >= 2 ? data.readUInt16BE(0) : data.length === 0 ? "without a code" : "of one byte"}`;
}

const cutTo = (text: string, length: number) => text.replace(/[^\x20-\x7e]/g, "?").slice(0, length);
