import { limits } from "../../generated/limits.js";
import { headersOf } from "../network.js";
import { Line, type LineUser } from "./websocket-line.js";
import { lineSettings, number, type WebSocketTransportOptions } from "./websocket-options.js";

/** How many connections a pool holds, and how long. */
export interface WebSocketPoolOptions {
  /** Most connections to one URL. Default: 10. */
  readonly maxConnections?: number;
  /** How long a connection without requests stays open, in milliseconds. Default: 60,000. */
  readonly idleMs?: number;
}

/** Connections that several transports share: those with the same URL, headers, token source, egress policy and
 * maker of sockets. */
export interface WebSocketPool extends AsyncDisposable {
  /** How many connections are open. */
  readonly size: number;
  /** Closes every connection; messages under way fail with `asap:transport/aborted`. */
  close(): Promise<void>;
}

/** A line of a pool and its end, once nobody uses it. */
export interface PooledLine {
  readonly line: Line;
  readonly leave: (user: LineUser) => Promise<void>;
}

/** How each pool finds the line of a transport. */
const pools = new WeakMap<WebSocketPool, (url: string, options: WebSocketTransportOptions) => PooledLine>();

/**
 * Makes a pool of WebSocket connections. A transport that closes leaves its connections to the others; the last one to
 * the same URL closes them.
 *
 * @param options See {@link WebSocketPoolOptions}.
 * @throws AsapError `asap:config/invalid_option`.
 * @see ASAP 1.1, section 9.6
 */
export function createWebSocketPool(options: WebSocketPoolOptions = {}): WebSocketPool {
  const maxConnections = number("maxConnections", options.maxConnections ?? limits.websocket_pool_size, 1);
  const idleMs = number("idleMs", options.idleMs ?? limits.websocket_idle_seconds * 1_000);
  const lines = new Map<string, Line>();
  const makers = new WeakMap<object, number>();
  let made = 0;
  const numberOf = (maker: object | undefined): number => {
    if (maker === undefined) return 0;
    const known = makers.get(maker) ?? ++made;
    makers.set(maker, known);
    return known;
  };
  const keyOf = (url: string, { headers, auth, egress, createWebSocket }: WebSocketTransportOptions): string => {
    const sent = typeof headers === "function" ? numberOf(headers) : [...headersOf(headers)];
    return JSON.stringify([url, sent, numberOf(auth), numberOf(egress), numberOf(createWebSocket)]);
  };
  const close = async () => {
    const all = [...lines.values()];
    lines.clear();
    await Promise.all(all.map((line) => line.close()));
  };
  const pool: WebSocketPool = {
    get size() {
      return [...lines.values()].reduce((sum, line) => sum + line.size, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  pools.set(pool, (url, given) => {
    const key = keyOf(url, given);
    const line = lines.get(key) ?? new Line(url, lineSettings(given, { maxConnections, idleMs }));
    lines.set(key, line);
    return {
      line,
      async leave(user) {
        line.leave(user);
        if (line.users.size > 0) return;
        if (lines.get(key) === line) lines.delete(key);
        await line.close();
      },
    };
  });
  return pool;
}

/** The connections of a pool that a transport with these options uses; undefined for a pool of foreign make. */
export function pooledLine(url: string, options: WebSocketTransportOptions): PooledLine | undefined {
  return options.pool === undefined ? undefined : pools.get(options.pool)?.(url, options);
}
