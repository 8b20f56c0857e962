import { randomBytes } from "node:crypto";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** Opcodes of RFC 6455, section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame to write, with every liberty to be wrong. */
export interface FrameSpec {
  /** Text unless set. */
  readonly opcode?: number;
  readonly data?: string | Uint8Array;
  /** Final fragment of its message; true unless set. */
  readonly fin?: boolean;
  /** The three reserved bits, 4 for RSV1; 0 unless set. */
  readonly rsv?: number;
  /** Masked, as a client must; true unless set. */
  readonly masked?: boolean;
  /** Says this length in the header, whatever the data has. */
  readonly declares?: number;
  /** Compresses the data and sets RSV1 where permessage-deflate was agreed on. */
  readonly compress?: boolean;
}

/** A frame as it passed over the wire. */
export interface WireFrame {
  readonly direction: "sent" | "received";
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly masked: boolean;
  /** Payload without its mask; of what was sent only the first 64 KiB. */
  readonly data: Buffer;
  /** Length of the whole payload. */
  readonly bytes: number;
  /** Milliseconds since the conversation began. */
  readonly atMs: number;
}

/** A frame read from bytes, without what only a conversation knows. */
export type ReadFrame = Omit<WireFrame, "direction" | "atMs" | "bytes">;

const marker = Buffer.from([0, 0, 0xff, 0xff]);
const longestMessage = 10_485_760;

/** The data of a frame as it is written: compressed when the frame asks for it and compression was agreed on. */
export function dataOf({ data = "", compress }: FrameSpec, deflates: boolean): Buffer {
  const plain = typeof data === "string" ? Buffer.from(data) : Buffer.from(data);
  if (compress !== true || !deflates) return plain;
  const whole = deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH });
  return whole.subarray(0, whole.length - marker.length);
}

/** The bytes of a frame (RFC 6455, section 5.2). Large payloads are masked with zeros, which leaves them as they are. */
export function encodeFrame(spec: FrameSpec, deflates = false): Buffer {
  const data = dataOf(spec, deflates);
  const { opcode = opcodes.text, fin = true, masked = true } = spec;
  const rsv = (spec.rsv ?? 0) | (spec.compress === true && deflates ? 4 : 0);
  const length = spec.declares ?? data.length;
  const maskBit = masked ? 0x80 : 0;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = maskBit | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, data]);
  const mask = data.length > 65_536 ? Buffer.alloc(4) : randomBytes(4);
  return Buffer.concat([head, mask, data.length > 65_536 ? data : unmask(data, mask)]);
}

/** Length that the header of the first frame declares; null while the bytes do not hold it. */
export function declaredLength(bytes: Buffer): number | null {
  const short = (bytes[1] ?? 0) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return null;
  return short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}

/** Reads the first frame of the bytes; null while they do not hold one whole. */
export function readFrame(bytes: Buffer): { readonly frame: ReadFrame; readonly used: number } | null {
  const length = declaredLength(bytes);
  if (length === null) return null;
  const [first = 0, second = 0] = bytes;
  const head = (second & 0x7f) < 126 ? 2 : (second & 0x7f) === 126 ? 4 : 10;
  const masked = (second & 0x80) !== 0;
  const start = head + (masked ? 4 : 0);
  if (bytes.length < start + length) return null;
  const payload = bytes.subarray(start, start + length);
  return {
    frame: {
      opcode: first & 0x0f,
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      masked,
      data: masked ? unmask(payload, bytes.subarray(head, start)) : Buffer.from(payload),
    },
    used: start + length,
  };
}

/** The payload of a close frame: a code, and a reason. */
export function closeData(code: number, reason = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

/** Code and reason of a close frame; the code is null when it carries none. */
export function closeOf({ data }: Pick<WireFrame, "data">): { readonly code: number | null; readonly reason: string } {
  if (data.length < 2) return { code: null, reason: "" };
  return { code: data.readUInt16BE(0), reason: data.subarray(2).toString("utf8") };
}

/** A message put together from its frames. */
export interface Message {
  readonly opcode: number;
  readonly data: Buffer;
  /** Position of its last frame. */
  readonly at: number;
}

/** Reads frames one after another; gives the message of which a frame is the end, null where it is none. */
export function messageReader(): (frame: WireFrame) => (Omit<Message, "at"> & { readonly rsv: number }) | null {
  let parts: WireFrame[] = [];
  return (frame) => {
    if (frame.direction !== "received" || frame.opcode >= opcodes.close) return null;
    if (frame.opcode !== opcodes.continuation) parts = [];
    parts.push(frame);
    if (!frame.fin) return null;
    const { opcode, rsv } = parts[0] ?? frame;
    const data = Buffer.concat(parts.map((part) => part.data));
    parts = [];
    return { opcode, rsv, data };
  };
}

/** The data messages received where no compression was agreed on, whole ones only, put together. */
export function plainMessagesOf(frames: readonly WireFrame[]) {
  const read = messageReader();
  return frames.flatMap((frame, at) => {
    const message = read(frame);
    return message === null ? [] : [{ ...message, at }];
  });
}

/** The data messages received, whole ones only, put together and inflated. */
export const messagesOf = (frames: readonly WireFrame[]): Message[] =>
  plainMessagesOf(frames).map(({ rsv, data, ...rest }) => ({ ...rest, data: (rsv & 4) === 0 ? data : inflated(data) }));

/** The message without its compression, or as it is where that cannot be undone or comes to too much. */
function inflated(data: Buffer): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: longestMessage };
  try {
    return inflateRawSync(Buffer.concat([data, marker]), options);
  } catch {
    return data;
  }
}

function unmask(data: Buffer, mask: Buffer): Buffer {
  const out = Buffer.allocUnsafe(data.length);
  for (let at = 0; at < data.length; at += 1) out[at] = (data[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return out;
}
