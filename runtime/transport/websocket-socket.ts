import type { EgressPolicy } from "../egress.js";

/** The part of a WebSocket event that is used. */
export interface WebSocketEvent {
  readonly type: string;
  /** What a message carries; text is a string. */
  readonly data?: unknown;
  /** Close code and reason of a `close` event. */
  readonly code?: number;
  readonly reason?: string;
  /** What an `error` event tells, where it does. */
  readonly error?: unknown;
}

/** The HTTP answer to an upgrade, as the `ws` package gives it. */
export interface UpgradeAnswer {
  readonly statusCode?: number | undefined;
  readonly socket?: Stream | undefined;
}

/** A byte stream that can gather what is written and need not keep a program running. */
interface Stream {
  cork?(): void;
  uncork?(): void;
  ref?(): void;
  unref?(): void;
}

/**
 * A WebSocket as browsers, edge platforms and the `ws` package have it. The members that may be missing are those of
 * `ws`; without them a refused upgrade has no HTTP status and there are no protocol pings.
 */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes that were sent but not yet given to the network. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: WebSocketEvent) => void): void;
  ping?(): void;
  terminate?(): void;
  on?(
    event: "ping" | "pong" | "upgrade" | "unexpected-response",
    listener: (first: UpgradeAnswer, second: UpgradeAnswer) => void,
  ): unknown;
}

/** What a WebSocket is opened with. */
export interface WebSocketParameters {
  /** Headers of the upgrade; browsers cannot send any. */
  readonly headers: Readonly<Record<string, string>>;
  /** Largest message that is taken, in bytes, where the platform lets it be set. */
  readonly maxPayload: number;
  /** Addresses that may be reached, where the platform lets that be judged. Default: all. */
  readonly egress?: EgressPolicy;
}

/** Opens a WebSocket, which may still be connecting when it is returned. */
export type CreateWebSocket = (url: string, parameters: WebSocketParameters) => WebSocketLike | Promise<WebSocketLike>;

/** How a connection ended, or why it did not begin. */
export interface SocketEnd {
  /** Close code; 1006 where no close frame came. */
  readonly code: number;
  readonly reason: string;
  /** HTTP status that refused the upgrade. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** Takes what happens on a socket. */
export interface SocketListener {
  opened(): void;
  frame(data: unknown): void;
  /** Something came that is no frame: a protocol ping or pong. */
  seen(): void;
  /** The socket is gone; called once and last. */
  closed(end: SocketEnd): void;
}

/** The close code that `ws` gave the peer for a frame that broke a rule; it tells its own side only by the error. */
function brokenRule(cause: unknown): number | undefined {
  const code = String((cause as { code?: unknown } | undefined)?.code);
  if (!code.startsWith("WS_ERR_")) return undefined;
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return 1009;
  return code === "WS_ERR_INVALID_UTF8" ? 1007 : 1002;
}

/** One WebSocket of whatever make, driven the same way. */
export class SocketPort {
  readonly #socket: WebSocketLike;
  readonly #listener: SocketListener;
  #isOver = false;
  #status: number | undefined;
  #cause: unknown;
  #stream: Stream | undefined;
  #isCorked = false;

  constructor(socket: WebSocketLike, listener: SocketListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (event) => {
      if (!this.#isOver) listener.frame(event.data);
    });
    socket.addEventListener("error", (event) => {
      this.#cause ??= event.error;
    });
    socket.addEventListener("close", (event) => this.#end(event.code ?? 1006, event.reason ?? ""));
    if (typeof socket.on === "function") this.#listenToWs();
    if (socket.readyState === 1) queueMicrotask(() => this.#opened());
    if (socket.readyState > 1) queueMicrotask(() => this.#end(1006, ""));
  }

  /** Whether the platform can send protocol pings. */
  get canPing(): boolean {
    return typeof this.#socket.ping === "function";
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends one text frame. Where the stream is known, what is sent in one turn is written in one piece. */
  send(text: string): void {
    if (this.#isOver) return;
    if (this.#stream !== undefined && !this.#isCorked) {
      this.#isCorked = true;
      this.#stream.cork?.();
      setImmediate(() => this.#flush());
    }
    this.#socket.send(text);
  }

  ping(): void {
    if (!this.#isOver) this.#socket.ping?.();
  }

  /** Says whether a Node process is to stay for it. */
  keepAlive(keeps: boolean): void {
    if (keeps) this.#stream?.ref?.();
    else this.#stream?.unref?.();
  }

  close(code: number): void {
    this.#flush();
    this.#socket.close(code);
  }

  /** Ends the connection without waiting for the peer. */
  drop(reason: string): void {
    if (this.#isOver) return;
    this.#end(1006, reason);
    if (this.#socket.terminate === undefined) this.#socket.close();
    else this.#socket.terminate();
  }

  #flush(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#stream?.uncork?.();
  }

  #listenToWs(): void {
    const seen = () => {
      if (!this.#isOver) this.#listener.seen();
    };
    this.#socket.on?.("ping", seen);
    this.#socket.on?.("pong", seen);
    this.#socket.on?.("upgrade", (answer) => {
      this.#stream = answer.socket;
    });
    this.#socket.on?.("unexpected-response", (_, answer) => {
      this.#status = answer.statusCode;
      this.#socket.terminate?.();
    });
  }

  #opened(): void {
    if (!this.#isOver) this.#listener.opened();
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#flush();
    const own = code === 1006 ? brokenRule(this.#cause) : undefined;
    this.#listener.closed({ code: own ?? code, reason, status: this.#status, cause: this.#cause });
  }
}
