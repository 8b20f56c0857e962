import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { headerOf, readResponse, readSwitch, type WireResponse } from "./http-response.js";
import { dataOf, encodeFrame, type FrameSpec, opcodes, readFrame, type WireFrame } from "./socket-frames.js";
import type { WireFailure } from "./wire.js";

/** One move of a conversation: a frame to send, one made from what passed before, something to wait for, or the agent's end. */
export type SocketAction =
  | { readonly send: FrameSpec }
  | { readonly reply: (frames: readonly WireFrame[]) => FrameSpec }
  /** Asks the agent to end. */
  | { readonly stop: true }
  | {
      /** What is waited for, in words. */
      readonly await: string;
      /** Whether it has come. */
      readonly until: (frames: readonly WireFrame[]) => boolean;
      /** Milliseconds to wait; those of every wait unless set. */
      readonly forMs?: number;
    };

/** What came of a conversation. */
export interface Conversation {
  readonly response?: WireResponse;
  readonly failure?: WireFailure;
  readonly frames: readonly WireFrame[];
  /** When the agent was asked to end, where it was. */
  readonly stop?: StopMoment;
}

/** When an agent was asked to end. */
export interface StopMoment {
  /** How many frames had passed. */
  readonly at: number;
  /** Milliseconds since the conversation began. */
  readonly atMs: number;
}

/** Options of {@link converse}. */
export interface ConverseOptions {
  /** Milliseconds for the handshake, and for each wait; up to twice as long while the peer goes on taking a long message. */
  readonly timeoutMs: number;
  /** Bytes received in all after which reading stops. */
  readonly maxResponseBytes: number;
  /** Event of the socket that says it is connected. */
  readonly connectEvent: string;
  /** Asks the agent to end. */
  readonly stop?: (() => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const KEPT_BYTES = 64 * 1024;
const PIECE_BYTES = 64 * 1024;
const CLOSING_MS = 1000;
/** Frames of a peer after which reading stops. */
const MAX_FRAMES = 2000;

/** Value of `Sec-WebSocket-Accept` that answers a key (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/**
 * Holds a conversation over a new socket: handshake, the actions in order, then the closing handshake unless the actions
 * made one. Protocol pings and the peer's close are answered by themselves. The socket is destroyed at the end, and every
 * wait is bounded: one in vain ends the conversation with a failure beside what was received.
 *
 * @param head bytes of the upgrade request
 */
export async function converse(
  socket: Socket,
  head: Buffer,
  actions: readonly SocketAction[],
  options: ConverseOptions,
): Promise<Conversation> {
  const began = performance.now();
  const frames: WireFrame[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let total = 0;
  let count = 0;
  let tooLarge = false;
  let connected = false;
  let ended = false;
  let error: string | undefined;
  let response: WireResponse | undefined;
  let open = false;
  let deflates = false;
  let wake = () => {};
  const unwritten: Buffer[] = [];
  let isWriting = false;
  let onTaken = () => {};
  let stop: StopMoment | undefined;
  let notAsked: string | undefined;

  const record = (direction: WireFrame["direction"], frame: Omit<WireFrame, "direction" | "atMs">) =>
    frames.push({ direction, ...frame, atMs: Math.round(performance.now() - began) });
  const has = (direction: WireFrame["direction"], opcode: number) =>
    frames.some((frame) => frame.direction === direction && frame.opcode === opcode);

  const write = (spec: FrameSpec) => {
    const data = dataOf(spec, deflates);
    const { opcode = opcodes.text, fin = true, masked = true } = spec;
    const rsv = (spec.rsv ?? 0) | (spec.compress === true && deflates ? 4 : 0);
    record("sent", { opcode, fin, rsv, masked, data: data.subarray(0, KEPT_BYTES), bytes: data.length });
    const encoded = encodeFrame(spec, deflates);
    for (let at = 0; at < encoded.length; at += PIECE_BYTES) unwritten.push(encoded.subarray(at, at + PIECE_BYTES));
    writeNext();
  };

  const writeNext = () => {
    if (isWriting || ended || socket.destroyed) return;
    const piece = unwritten.shift();
    if (piece === undefined) return;
    isWriting = true;
    socket.write(piece, (failure) => {
      isWriting = false;
      if (failure == null && piece.length === PIECE_BYTES) onTaken();
      writeNext();
    });
  };

  const readHandshake = () => {
    const switched = readSwitch(bytes);
    if (switched !== null) {
      response = switched.response;
      bytes = switched.rest;
      open = true;
      deflates = /permessage-deflate/.test(headerOf(response, "sec-websocket-extensions") ?? "");
      return;
    }
    const state = readResponse(bytes, "GET", ended);
    if (state.state === "done") response = state.response;
    else if (state.state === "malformed") error = state.reason;
  };

  const tooMuch = (message: string) => {
    tooLarge = true;
    error = message;
    ended = true;
    socket.destroy();
  };

  const readFrames = () => {
    for (let read = readFrame(bytes); read !== null && !ended; read = readFrame(bytes)) {
      const { frame, used } = read;
      bytes = bytes.subarray(used);
      record("received", { ...frame, bytes: frame.data.length });
      count += 1;
      if (count > MAX_FRAMES) return tooMuch(`the agent sent more than ${MAX_FRAMES} frames; reading stopped`);
      if (frame.opcode === opcodes.ping) write({ opcode: opcodes.pong, data: frame.data });
      if (frame.opcode === opcodes.close && !has("sent", opcodes.close)) {
        write({ opcode: opcodes.close, data: frame.data });
      }
    }
  };

  const onData = (chunk: Buffer) => {
    total += chunk.length;
    bytes = Buffer.concat([bytes, chunk]);
    if (response === undefined) readHandshake();
    if (open) readFrames();
    if (total > options.maxResponseBytes)
      tooMuch(`the agent sent more than ${options.maxResponseBytes} bytes; reading stopped`);
    wake();
  };
  const onConnect = () => {
    connected = true;
  };
  const onError = (cause: NodeJS.ErrnoException) => {
    error ??= cause.code ?? cause.message;
  };
  const onEnd = () => {
    ended = true;
    if (response === undefined && bytes.length > 0) readHandshake();
    wake();
  };
  const onAbort = () => socket.destroy();

  const until = (done: () => boolean, ms: number) =>
    new Promise<boolean>((resolve) => {
      const finish = (came: boolean) => {
        clearTimeout(timer);
        wake = () => {};
        onTaken = () => {};
        resolve(came);
      };
      const timer = setTimeout(() => finish(done()), ms);
      const waitsSince = performance.now();
      onTaken = () => {
        if (performance.now() - waitsSince < ms) timer.refresh();
      };
      wake = () => {
        if (done()) finish(true);
        else if (ended) finish(false);
      };
      wake();
    });

  const come = (): Conversation => ({
    ...(response === undefined ? {} : { response }),
    frames,
    ...(stop === undefined ? {} : { stop }),
  });
  const failed = (kind: WireFailure["kind"], message: string): Conversation => ({
    ...come(),
    failure: { kind, message },
  });

  const askToEnd = () => {
    stop = { at: frames.length, atMs: Math.round(performance.now() - began) };
    Promise.resolve()
      .then(options.stop)
      .catch((cause: unknown) => {
        notAsked = cause instanceof Error ? cause.message : String(cause);
        wake();
      });
  };

  const hold = async (): Promise<Conversation> => {
    socket.write(head);
    await until(() => response !== undefined || (error !== undefined && connected), options.timeoutMs);
    if (tooLarge && response === undefined) return failed("too-large", error ?? "too much was sent");
    if (response === undefined) {
      if (!connected && ended) return failed("unreachable", `no connection${error === undefined ? "" : `: ${error}`}`);
      if (error !== undefined && !ended) return failed("malformed", error);
      if (ended) return failed("reset", `the connection was closed without an answer${error ? ` (${error})` : ""}`);
      return failed("timeout", `no complete answer within ${options.timeoutMs} ms`);
    }
    if (!open) return come();
    for (const action of actions) {
      if ("send" in action) {
        write(action.send);
        continue;
      }
      if ("reply" in action) {
        write(action.reply(frames));
        continue;
      }
      if ("stop" in action) {
        askToEnd();
        continue;
      }
      const { forMs = options.timeoutMs } = action;
      const came = await until(() => action.until(frames) || notAsked !== undefined, forMs);
      if (notAsked !== undefined) return failed("not-asked", `the agent could not be asked to end: ${notAsked}`);
      if (!came && !ended) return failed("timeout", `waited ${forMs} ms for ${action.await}`);
      if (!came) break;
    }
    return tooLarge ? failed("too-large", error ?? "too much was sent") : come();
  };

  const close = async () => {
    if (!open || ended) return;
    if (!has("sent", opcodes.close)) write({ opcode: opcodes.close, data: Buffer.from([3, 232]) });
    await until(() => has("received", opcodes.close), Math.min(CLOSING_MS, options.timeoutMs));
  };

  socket.on("data", onData).on("error", onError).on("close", onEnd).on("end", onEnd);
  socket.on(options.connectEvent, onConnect);
  options.signal?.addEventListener("abort", onAbort);
  try {
    const result = await hold();
    await close();
    return options.signal?.aborted ? failed("not-sent", "the run was stopped") : result;
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    socket.off("data", onData).off("close", onEnd).off("end", onEnd);
    socket.destroy();
  }
}
