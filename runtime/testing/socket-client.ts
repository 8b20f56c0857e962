import { type ClientOptions, WebSocket } from "ws";

/** A frame as it came, parsed. */
export interface SocketFrame {
  readonly jsonrpc?: string;
  readonly id?: unknown;
  readonly method?: string;
  readonly type?: string;
  readonly params?: { readonly envelope: Record<string, unknown> };
  readonly result?: { readonly envelope: Record<string, unknown> & { readonly payload: Record<string, unknown> } };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Record<string, unknown> };
}

/** A plain WebSocket client that notes all it gets. */
export interface SocketClient {
  readonly socket: WebSocket;
  /** Every text frame so far. */
  readonly frames: SocketFrame[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(frame: string | object): void;
  /** The first frame, past or to come, that matches. */
  find(matches: (frame: SocketFrame) => boolean): Promise<SocketFrame>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a WebSocket to the agent served at an http URL. */
export async function openSocket(url: string, options: ClientOptions = {}): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/asap/ws`, options);
  const frames: SocketFrame[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data) => {
    frames.push(JSON.parse(String(data)) as SocketFrame);
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  return {
    socket,
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    find: (matches) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.find(matches);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        closed.then(({ code }) => {
          look();
          if (waiting.delete(look)) reject(new Error(`closed ${code} before the frame came`));
        });
      }),
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.terminate();
      await closed;
    },
  };
}
