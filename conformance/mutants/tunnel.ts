import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { declaredLength, encodeFrame, type FrameSpec, opcodes, readFrame } from "../socket-frames.js";

/** A frame on its way through a tunnel. */
export interface PassingFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly masked: boolean;
  readonly data: Buffer;
}

/** Ways to write to either side beside what is handed on. */
export interface Sides {
  toAgent(frame: FrameSpec): void;
  toClient(frame: FrameSpec): void;
}

/** What one connection's frames become; each function gives the frames to hand on. */
export interface Editor {
  readonly asked?: (frame: PassingFrame) => readonly FrameSpec[];
  readonly answered?: (frame: PassingFrame) => readonly FrameSpec[];
}

/** Changes WebSockets on their way through a tunnel. */
export interface SocketMutant {
  /** The path asked of the agent. */
  readonly path?: (path: string) => string;
  /** Headers of the upgrade as they are handed on; undefined leaves one out. */
  readonly headers?: (
    headers: Readonly<Record<string, string>>,
    path: string,
  ) => Readonly<Record<string, string | undefined>>;
  /** The head of the agent's answer to the upgrade. */
  readonly head?: (head: string) => string;
  /** Makes the editor of one connection. */
  readonly editor?: (sides: Sides) => Editor;
}

/**
 * Hands an upgrade on to an agent and every byte after it in both directions, changed by a mutant where one is given.
 *
 * @param path path to ask of the agent
 */
export function tunnel(
  agent: URL,
  path: string,
  incoming: IncomingMessage,
  client: Duplex,
  early: Buffer,
  mutant: SocketMutant = {},
): void {
  const given = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : `${value}`,
    ]),
  );
  const headers = { ...given, ...mutant.headers?.(given, path) };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  const onward = connect(Number(agent.port), agent.hostname);
  onward.write(`GET ${mutant.path?.(path) ?? path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const editor = mutant.editor?.({
    toAgent: (frame) => void onward.write(encodeFrame(frame)),
    toClient: (frame) => void client.write(encodeFrame({ masked: false, ...frame })),
  });
  const asked = through(editor?.asked, (bytes) => void onward.write(bytes));
  const toClient = (bytes: Buffer) => void client.write(bytes);
  let answered = through(editor?.answered, toClient);
  let head: Buffer | null = Buffer.alloc(0);
  asked(early);
  client.on("data", asked);
  onward.on("data", (chunk: Buffer) => {
    if (head === null) return answered(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const text = head.subarray(0, end + 4).toString("latin1");
    const rest = head.subarray(end + 4);
    if (!text.startsWith("HTTP/1.1 101")) answered = toClient;
    client.write(Buffer.from(mutant.head?.(text) ?? text, "latin1"));
    head = null;
    answered(rest);
  });
  client
    .on("end", () => onward.end())
    .on("close", () => onward.destroy())
    .on("error", () => onward.destroy());
  onward
    .on("end", () => client.end())
    .on("close", () => client.destroy())
    .on("error", () => client.destroy());
}

/** Frames that declare more, with the fragments before them, are handed on without waiting for the rest. */
const longest = 16 * 1024 * 1024;

/** Takes bytes, and writes them as they are, or frame by frame as the edit wants them. */
function through(edit: Editor["asked"], write: (bytes: Buffer) => void): (chunk: Buffer) => void {
  if (edit === undefined) return write;
  let bytes: Buffer = Buffer.alloc(0);
  let fragments = 0;
  return (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let read = readFrame(bytes); read !== null; read = readFrame(bytes)) {
      bytes = bytes.subarray(read.used);
      const { opcode, fin, data } = read.frame;
      if (opcode < opcodes.close) fragments = fin ? 0 : fragments + data.length;
      for (const frame of edit(read.frame)) write(encodeFrame({ masked: read.frame.masked, ...frame }));
    }
    if ((declaredLength(bytes) ?? 0) + fragments <= longest) return;
    write(bytes);
    bytes = Buffer.alloc(0);
  };
}
