import { limits } from "../../generated/limits.js";
import type { TokenSource } from "../auth/token-source.js";
import type { BaseUrlOptions } from "../base-url.js";
import type { BreakerOptions } from "../breaker.js";
import type { EgressPolicy } from "../egress.js";
import type { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import type { WebSocketPool } from "./websocket-pool.js";
import type { CreateWebSocket } from "./websocket-socket.js";

/** When a lost connection is opened again. */
export interface ReconnectOptions {
  /** First wait, in milliseconds; it doubles for each further one. Default: 1,000. */
  readonly baseMs?: number;
  /** Longest wait, in milliseconds. Default: 30,000. */
  readonly maxMs?: number;
  /** Largest share of a wait that chance takes off, from 0 to 1. Default: 0.5. */
  readonly jitter?: number;
  /** Attempts in a row that may fail before waiting messages fail. Default: Infinity. */
  readonly attempts?: number;
}

/** How long an acknowledgement may take. */
export interface AckOptions {
  /** Wait for the acknowledgement of one transmission, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** How often the same envelope is sent again. Default: 3. */
  readonly maxRetries?: number;
}

/** Options of {@link connectWebSocket}. */
export interface WebSocketTransportOptions extends BaseUrlOptions {
  /**
   * Headers of the upgrade, or a function that gives them anew for each connection; browsers send none, and refuse an
   * Authorization header. Default: none.
   */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * Where access tokens come from: one is asked for before each upgrade, which has `openTimeoutMs` from then on. An
   * upgrade refused with status 401, or a connection closed with 1008 because its token ended, tells that the token is
   * refused; the upgrade is tried once more where there is another. The WebSocket of a browser cannot send one.
   * Default: none.
   */
  readonly auth?: TokenSource;
  /**
   * Addresses that may be reached, on Node; a URL that names this host itself needs no leave unless `allowLoopback` is
   * false. Default: every address that the URL's host has.
   */
  readonly egress?: EgressPolicy;
  /** Makes the WebSocket. Default: the `ws` package on Node, the platform's own elsewhere. */
  readonly createWebSocket?: CreateWebSocket;
  /** Path of the WebSocket route. Default: `/asap/ws`. */
  readonly socketPath?: string;
  /**
   * Connections shared with other transports. What concerns the connection itself is then as the first transport to its
   * URL has it. Default: this transport's own.
   */
  readonly pool?: WebSocketPool;
  /** When a lost connection is opened again; false never does. */
  readonly reconnect?: ReconnectOptions | false;
  /** Failed attempts before the first open connection after which waiting messages fail. Default: 3. */
  readonly initialAttempts?: number;
  /** Longest wait for a connection to open, in milliseconds. Default: 10,000. */
  readonly openTimeoutMs?: number;
  /** Whether unanswered requests are sent again after a reconnect; otherwise they fail with the connection. Default: true. */
  readonly resume?: boolean;
  /** What becomes of messages sent while a lost connection is not back: they wait, or fail at once. Default: `queue`. */
  readonly whileDisconnected?: "queue" | "fail";
  /** Acknowledgements of messages that ask for them. */
  readonly ack?: AckOptions;
  /** Suspends calls to a peer that keeps failing. Default: false. */
  readonly breaker?: BreakerOptions | boolean;
  /** Most requests under way on one connection; beyond it another is opened. Default: 64. */
  readonly maxInFlight?: number;
  /** Most connections to this URL. Default: that of the pool, 10. */
  readonly maxConnections?: number;
  /** Most messages that wait for a connection. Default: 1,000. */
  readonly maxQueued?: number;
  /** How long a connection without requests stays open, in milliseconds; the last one stays for push listeners. Default: that of the pool, 60,000. */
  readonly idleMs?: number;
  /** Largest message that is taken, in bytes, where the platform lets it be set. Default: 16,777,216. */
  readonly maxPayload?: number;
  /** Time between protocol pings, in milliseconds, where the platform has them. Default: 30,000. */
  readonly pingMs?: number;
  /** How long nothing may come before a connection counts as dead, in milliseconds. Default: 75,000. */
  readonly staleMs?: number;
  /** Unsent bytes above which sending stops. Default: 1,048,576. */
  readonly highWaterBytes?: number;
  /** Unsent bytes below which it goes on. Default: 262,144. */
  readonly lowWaterBytes?: number;
  /** Told of frames that make no sense and of listeners that threw. Default: nobody is. */
  readonly onFault?: (error: AsapError) => void;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Gives a number from 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** What the connections to one URL go by, checked, with every default filled in. */
export interface LineSettings {
  readonly headers: WebSocketTransportOptions["headers"];
  readonly auth: TokenSource | undefined;
  readonly egress: EgressPolicy | undefined;
  readonly createWebSocket: CreateWebSocket | undefined;
  readonly reconnect: Required<ReconnectOptions> | false;
  readonly initialAttempts: number;
  readonly openTimeoutMs: number;
  readonly ackTimeoutMs: number;
  readonly ackMaxRetries: number;
  readonly maxInFlight: number;
  readonly maxConnections: number;
  readonly maxQueued: number;
  readonly idleMs: number;
  readonly maxPayload: number;
  readonly pingMs: number;
  readonly staleMs: number;
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
  readonly random: () => number;
}

/** Checks the options and fills in the defaults. */
export function lineSettings(
  options: WebSocketTransportOptions,
  pool: { readonly maxConnections: number; readonly idleMs: number },
): LineSettings {
  const { reconnect = {}, ack = {} } = options;
  const highWaterBytes = number("highWaterBytes", options.highWaterBytes ?? 1_048_576);
  return {
    headers: options.headers,
    auth: options.auth,
    egress: options.egress,
    createWebSocket: options.createWebSocket,
    reconnect: reconnect !== false && {
      baseMs: number("reconnect.baseMs", reconnect.baseMs ?? limits.reconnect_base_seconds * 1_000),
      maxMs: number("reconnect.maxMs", reconnect.maxMs ?? limits.reconnect_max_seconds * 1_000),
      jitter: number("reconnect.jitter", reconnect.jitter ?? 0.5, 0, 1),
      attempts: number("reconnect.attempts", reconnect.attempts ?? Number.POSITIVE_INFINITY, 1),
    },
    initialAttempts: number("initialAttempts", options.initialAttempts ?? 3, 1),
    openTimeoutMs: number("openTimeoutMs", options.openTimeoutMs ?? 10_000),
    ackTimeoutMs: number("ack.timeoutMs", ack.timeoutMs ?? limits.ack_timeout_seconds * 1_000, 1),
    ackMaxRetries: number("ack.maxRetries", ack.maxRetries ?? limits.ack_max_retries),
    maxInFlight: number("maxInFlight", options.maxInFlight ?? 64, 1),
    maxConnections: number("maxConnections", options.maxConnections ?? pool.maxConnections, 1),
    maxQueued: number("maxQueued", options.maxQueued ?? 1_000),
    idleMs: number("idleMs", options.idleMs ?? pool.idleMs),
    maxPayload: number("maxPayload", options.maxPayload ?? 16_777_216, 1),
    pingMs: number("pingMs", options.pingMs ?? limits.websocket_ping_seconds * 1_000, 1),
    staleMs: number("staleMs", options.staleMs ?? 75_000, 1),
    highWaterBytes,
    lowWaterBytes: Math.min(number("lowWaterBytes", options.lowWaterBytes ?? 262_144), highWaterBytes),
    random: options.random ?? Math.random,
  };
}

/** Checks a number. */
export function number(option: string, value: number, least = 0, most = Number.POSITIVE_INFINITY): number {
  if (value >= least && value <= most) return value;
  throw invalidOption(option, most === Number.POSITIVE_INFINITY ? `is no number from ${least}` : "is out of range");
}
