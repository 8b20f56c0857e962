import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A frame on its way, and the faults that can happen to it. */
export interface PassingFrame {
  readonly to: "client" | "server";
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** Opcode: 1 text, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  /** The text of an unfragmented text frame, otherwise empty. */
  readonly text: string;
}

/** What becomes of a frame: it passes, is lost, comes twice, comes late (after so many milliseconds), or ends it all. */
export type Fate = "pass" | "drop" | "twice" | "kill" | { readonly lateMs: number };

/** A proxy for WebSocket connections that can do harm to single frames. */
export interface FrameProxy {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** How many connections came, how many of them the proxy killed, and how many frames it harmed. */
  readonly counts: { connections: number; killed: number; harmed: number };
  /** Ends every connection at once. */
  killAll(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A number from 0 up to 1 that is the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where the first frame of some bytes ends, and what it is; undefined while it is not whole. */
function firstFrame(
  bytes: Buffer,
): { readonly end: number; readonly opcode: number; readonly text: string } | undefined {
  if (bytes.length < 2) return undefined;
  const head = bytes[0] as number;
  const second = bytes[1] as number;
  let length = second & 0x7f;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const isMasked = (second & 0x80) !== 0;
  const start = at + (isMasked ? 4 : 0);
  if (bytes.length < start + length) return undefined;
  const opcode = head & 0x0f;
  let text = "";
  if (opcode === 1 && (head & 0x80) !== 0) {
    const payload = Buffer.from(bytes.subarray(start, start + length));
    if (isMasked)
      for (let place = 0; place < length; place += 1)
        payload[place] = (payload[place] as number) ^ (bytes[at + (place % 4)] as number);
    text = payload.toString();
  }
  return { end: start + length, opcode, text };
}

/**
 * Starts a proxy in front of a server. The handshake passes, without an offer of compression; then every frame meets the
 * fate that is decided for it.
 *
 * @param target Port of the server; a function where it may change.
 */
export async function frameProxy(
  target: number | (() => number),
  decide: (frame: PassingFrame) => Fate = () => "pass",
): Promise<FrameProxy> {
  const counts = { connections: 0, killed: 0, harmed: 0 };
  const pairs = new Set<() => void>();
  const server = createServer((client) => {
    counts.connections += 1;
    const connection = counts.connections;
    const upstream = connect(typeof target === "function" ? target() : target, "127.0.0.1");
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    const end = () => {
      pairs.delete(end);
      client.destroy();
      upstream.destroy();
    };
    pairs.add(end);
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    const kill = () => {
      if (!pairs.has(end)) return;
      counts.killed += 1;
      client.resetAndDestroy();
      end();
    };
    relay(client, upstream, true, (frame) => decide({ ...frame, to: "server", connection }), counts, kill);
    relay(upstream, client, false, (frame) => decide({ ...frame, to: "client", connection }), counts, kill);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const killAll = () => {
    for (const end of [...pairs]) end();
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    counts,
    killAll,
    async [Symbol.asyncDispose]() {
      killAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function relay(
  from: Socket,
  to: Socket,
  isRequest: boolean,
  decide: (frame: { opcode: number; text: string }) => Fate,
  counts: FrameProxy["counts"],
  kill: () => void,
): void {
  let held: Buffer = Buffer.alloc(0);
  let isOpen = false;
  let isUpgrade = true;
  const write = (bytes: Uint8Array) => {
    if (!to.destroyed && to.writable) to.write(bytes);
  };
  from.on("data", (chunk: Buffer) => {
    if (!isUpgrade) {
      write(chunk);
      return;
    }
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (!isOpen) {
      const headEnd = held.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = held.subarray(0, headEnd + 4).toString("latin1");
      isUpgrade = isRequest ? /^upgrade: *websocket/im.test(head) : head.startsWith("HTTP/1.1 101");
      if (!isUpgrade) {
        write(held);
        return;
      }
      write(Buffer.from(head.replace(/^sec-websocket-extensions:.*\r\n/im, ""), "latin1"));
      held = held.subarray(headEnd + 4);
      isOpen = true;
    }
    for (let frame = firstFrame(held); frame !== undefined; frame = firstFrame(held)) {
      const bytes = held.subarray(0, frame.end);
      held = held.subarray(frame.end);
      const fate = decide({ opcode: frame.opcode, text: frame.text });
      if (fate !== "pass") counts.harmed += 1;
      if (fate === "kill") {
        kill();
        return;
      }
      if (fate === "drop") continue;
      if (typeof fate === "object") setTimeout(write, fate.lateMs, Buffer.from(bytes));
      else write(bytes);
      if (fate === "twice") write(bytes);
    }
  });
}
