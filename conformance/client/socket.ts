import type { Socket } from "node:net";
import {
  closeData,
  declaredLength,
  encodeFrame,
  messageReader,
  opcodes,
  readFrame,
  type WireFrame,
} from "../socket-frames.js";
import { acceptOf } from "../websocket.js";
import type { Budget } from "./budget.js";
import { ackOf, answerTo, isSend } from "./conforming.js";
import { readJson, writeJson } from "./json.js";
import type { PeerSocket, Script, Stage } from "./scenario.js";
import type { Received } from "./session.js";

const keptBytes = 65_536;

/** Options of {@link accept}. */
export interface AcceptOptions {
  readonly request: Received;
  readonly socket: Socket;
  /** Bytes that came with the upgrade. */
  readonly head: Buffer;
  readonly script: Script;
  readonly stage: Stage;
  readonly since: () => number;
  readonly stir: () => void;
  /** Takes a failure of the script down. */
  readonly blame: (cause: unknown) => void;
  /** Room for frames; the connection ends where there is none. */
  readonly budget: Budget;
  /** How many WebSockets were opened before it. */
  readonly number: number;
}

/**
 * Opens the peer's end of a WebSocket (RFC 6455) and answers what the script leaves: pings and the close of the client, and
 * each `asap.send` with an ack where one is asked for and with the answer of a skill that echoes. Without extensions.
 */
export function accept({
  request,
  socket,
  head,
  script,
  stage,
  since,
  stir,
  blame,
  budget,
  number,
}: AcceptOptions): PeerSocket {
  const frames: WireFrame[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let missing = 0;
  const join = messageReader();
  request.frames = frames;
  const key = request.headers.find(([name]) => name.toLowerCase() === "sec-websocket-key")?.[1] ?? "";
  const headers = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptOf(key)],
  ] as const;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  request.sent = { status: 101, headers, body: Buffer.alloc(0), atMs: since() };
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
  const has = (direction: WireFrame["direction"], opcode: number) =>
    frames.some((frame) => frame.direction === direction && frame.opcode === opcode);
  const end = () => {
    request.endedAtMs ??= since();
  };
  const blaming = (work: () => void) => () => {
    try {
      work();
    } catch (cause) {
      blame(cause);
    }
  };

  const own: PeerSocket = {
    number,
    request,
    frames,
    send(spec) {
      if (socket.destroyed || socket.writableEnded) return;
      const { opcode = opcodes.text, fin = true, rsv = 0, masked = false, data = "" } = spec;
      const plain = typeof data === "string" ? Buffer.from(data) : Buffer.from(data);
      const kept = plain.subarray(0, keptBytes);
      if (!budget.bytes(kept.length)) {
        socket.destroy();
        return;
      }
      if (opcode === opcodes.close) end();
      frames.push({ direction: "sent", opcode, fin, rsv, masked, data: kept, bytes: plain.length, atMs: since() });
      socket.write(encodeFrame({ ...spec, masked }));
    },
    sendJson: (value) => own.send({ data: writeJson(value) }),
    close: (code, reason) => own.send({ opcode: opcodes.close, data: closeData(code, reason) }),
    destroy() {
      end();
      socket.destroy();
    },
    later(ms, work) {
      const timer = setTimeout(blaming(work), ms);
      stage.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    },
  };

  const meet = (document: unknown) => {
    if (script.message?.(document, own, stage) === true || !isSend(document)) return;
    const ack = ackOf(document);
    if (ack !== null) own.sendJson(ack);
    own.sendJson(answerTo(document));
  };
  const read = () => {
    for (let next = readFrame(bytes); next !== null; next = readFrame(bytes)) {
      const { frame, used } = next;
      bytes = bytes.subarray(used);
      if (!budget.frame()) {
        socket.destroy();
        return;
      }
      const received: WireFrame = { direction: "received", ...frame, bytes: frame.data.length, atMs: since() };
      frames.push(received);
      if (frame.opcode === opcodes.ping) own.send({ opcode: opcodes.pong, data: frame.data });
      if (frame.opcode === opcodes.close) {
        if (!has("sent", opcodes.close)) own.send({ opcode: opcodes.close, data: frame.data });
        socket.end();
      }
      const message = join(received);
      if (message?.opcode === opcodes.text) blaming(() => meet(readJson(message.data.toString("utf8"))))();
    }
    stir();
  };
  const onData = (chunk: Buffer) => {
    if (!budget.bytes(chunk.length)) {
      socket.destroy();
      return;
    }
    parts.push(chunk);
    missing -= chunk.length;
    if (missing > 0) return;
    bytes = Buffer.concat([bytes, ...parts]);
    parts = [];
    read();
    missing = (declaredLength(bytes) ?? 0) - bytes.length;
  };
  socket.setTimeout(0);
  socket.on("data", onData).on("end", () => socket.end());
  socket.on("close", () => {
    end();
    stir();
  });
  if (head.length > 0) setImmediate(onData, head);
  return own;
}
