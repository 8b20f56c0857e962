import { constants, inflateRawSync } from "node:zlib";
import { ulid } from "../ulid.js";
import { closePayload, frameBytes, opcode, type RawFrame } from "./raw-websocket.js";
import { cutMark, shifted } from "./recorded-variants.js";

/** A frame, or an event, of a recorded connection. */
export interface RecordedFrame {
  readonly dir: string;
  readonly op?: string;
  readonly data?: string;
  /** Whether `data` is compressed. */
  readonly rsv1?: boolean;
  readonly code?: number | null;
  readonly reason?: string;
}

/** A recorded WebSocket connection. */
export interface RecordedSocket {
  readonly name: string;
  readonly transport: string;
  readonly server: string;
  readonly request: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly frames: readonly RecordedFrame[];
}

/** What of a frame must be the same in a replay. */
export type Seen = Readonly<Record<string, unknown>>;

const unbased = (data: string): Buffer =>
  data.startsWith("base64:") ? Buffer.from(data.slice(7), "base64") : Buffer.from(data);

/** The text of a compressed message (RFC 7692 section 7.2.2). */
function inflated(data: string): string {
  const bytes = Buffer.concat([unbased(data), Buffer.from([0, 0, 255, 255])]);
  return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
}

const sharedId = "01HX5K3MQVN8000000000ENV01";

/** A record whose times are those of now and whose envelope id is its own. */
export function refreshed(record: RecordedSocket, now: number): RecordedSocket {
  const byMs = now - Date.parse(record.response.headers["date"] ?? "");
  const id = ulid(now);
  const fresh = (data: string) =>
    data
      .replaceAll(sharedId, id)
      .replace(/("timestamp": ?")([^"]+)"/g, (_all, name, value) => `${name}${shifted(value, byMs)}"`);
  return {
    ...record,
    frames: record.frames.map((frame) =>
      frame.data === undefined
        ? frame
        : { ...frame, data: fresh(frame.rsv1 === true ? inflated(frame.data) : frame.data) },
    ),
  };
}

/** The bytes of a frame that the client sent. */
export function sentBytes({ op = "", data = "" }: RecordedFrame): Buffer {
  const cut = cutMark.exec(data);
  if (cut !== null) return frameBytes(opcode.text, data.replace(cutMark, "").padEnd(Number(cut[1]), "x"));
  const payload = unbased(data);
  if (op === "text (unmasked)") return frameBytes(opcode.text, payload, { masked: false });
  if (op === "text (2 fragments)") {
    return Buffer.concat([
      frameBytes(opcode.text, payload.subarray(0, 40), { fin: false }),
      frameBytes(opcode.continuation, payload.subarray(40)),
    ]);
  }
  return frameBytes(opcode[op as keyof typeof opcode], payload);
}

/** A frame that the recorded server sent, as a speaker would have taken it. */
export function receivedFrame({ op = "", data = "", code, reason = "" }: RecordedFrame): RawFrame {
  if (op === "close") return { opcode: opcode.close, data: Buffer.from(reason), code: code ?? undefined };
  return { opcode: opcode[op as keyof typeof opcode], data: unbased(data) };
}

/** The close frame that answers one. */
export const closeReply = ({ code }: RawFrame): Buffer =>
  frameBytes(opcode.close, code === undefined ? "" : closePayload(code));

interface Frame {
  readonly type?: string;
  readonly method?: string;
  readonly id?: unknown;
  readonly params?: { readonly envelope: Readonly<Record<string, unknown>> };
  readonly result?: { readonly envelope: Readonly<Record<string, unknown>> };
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/**
 * Reads frames down to what a replay must show again: ids that are made anew become the order in which they first came,
 * times go, and so do the payloads of mirrored messages.
 */
export function createReader(): (frame: RawFrame) => Seen {
  const taskIds: unknown[] = [];
  const taskNumber = (id: unknown) => (taskIds.includes(id) ? taskIds.indexOf(id) : taskIds.push(id) - 1) + 1;

  const result = (envelope: Readonly<Record<string, unknown>>): Seen => {
    const { id: _id, timestamp: _timestamp, payload, payload_type: type, ...rest } = envelope;
    if (type !== "task.response") return { mirrored: true };
    const { task_id: taskId, ...answer } = payload as Record<string, unknown>;
    return { ...rest, type, task: taskNumber(taskId), answer };
  };

  return ({ opcode: code, data, code: closeCode }) => {
    const text = data.toString("utf8");
    if (code === opcode.close) return { close: closeCode, reason: text };
    if (code !== opcode.text) return { frame: code, ...(code === opcode.ping ? {} : { text }) };
    const frame = JSON.parse(text) as Frame;
    if (frame.type !== undefined) return { appFrame: frame };
    if (frame.method !== undefined) {
      const { id: _id, timestamp: _timestamp, ...ack } = frame.params?.envelope ?? {};
      return { method: frame.method, hasId: "id" in frame, ack };
    }
    if (frame.result !== undefined) return { id: frame.id, result: result(frame.result.envelope) };
    if (frame.error?.code === undefined) return { notJsonRpc: frame };
    const { code: rpcCode, message, data: { error: said, code: name, status_code: status } = {} } = frame.error;
    return {
      id: frame.id,
      error: rpcCode,
      message,
      text: said,
      ...(name === undefined ? {} : { code: name }),
      ...(status === undefined ? {} : { status }),
    };
  };
}
