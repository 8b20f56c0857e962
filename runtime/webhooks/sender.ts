import type { Dispatcher } from "undici";
import type { EgressPolicy } from "../egress.js";
import { guardedPool } from "../egress-node.js";
import type { AttemptFacts } from "./delivery.js";
import { cutReason, Exchange } from "./exchange.js";
import { mostPerOrigin } from "./lanes.js";
import { Roster } from "./roster.js";

/** Bounds of a {@link Sender}. */
export interface SenderOptions {
  readonly egress: EgressPolicy;
  /** Longest attempt, connection and answer included, in milliseconds. */
  readonly timeoutMs: number;
  /** Most connections to one origin at a time; as many as {@link mostPerOrigin} says, where that is more. */
  readonly connectionsPerOrigin: number;
  /** How much of an answer's body is kept for the history, in bytes; 0 for nothing. */
  readonly keepResponseBytes: number;
  readonly now: () => number;
}

/** One request to a receiver. */
export interface Post {
  /** Such as `https://example.com`. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly body: Buffer;
  /** Names and values, one after the other. */
  readonly headers: readonly string[];
}

/** What came of one request. */
export interface Sent extends AttemptFacts {
  /** How long the receiver asks to wait, in milliseconds; undefined where it does not. */
  readonly retryAfterMs: number | undefined;
  /** Whether credentials that the receiver refused are replaced before another attempt. */
  readonly isLoginRenewed?: boolean;
}

const keepAliveMs = 30_000;
/** Most origins whose connections are kept. */
const mostOrigins = 1_000;
/** How often attempts are looked at that take too long, in milliseconds. */
const lookMs = 100;

interface Origin {
  readonly making: Promise<Dispatcher>;
  pool: Dispatcher | undefined;
  /** Address of the latest connection. */
  address: string | null;
  underWay: number;
  /** Number of the latest request to it. */
  used: number;
}

/** Posts webhooks, over connections that are kept per origin; follows no redirect. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #origins = new Map<string, Origin>();
  readonly #underWay = new Roster<Exchange>();
  #requests = 0;
  #looks: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Sends one request; a fault of the network or the receiver is a result, too. The connection is free for another one
   * in the next turn of the event loop.
   */
  send({ origin: name, path, body, headers }: Post): Promise<Sent> {
    const { now, timeoutMs, keepResponseBytes } = this.#options;
    const startedMs = now();
    const startedAt = performance.now();
    if (this.#isClosed) return Promise.resolve(unsent(startedMs, "asap:transport/aborted", cutReason));
    const origin = this.#originOf(name);
    return new Promise((resolve) => {
      const exchange = new Exchange(startedAt + timeoutMs, keepResponseBytes, () => {
        this.#underWay.remove(exchange);
        origin.underWay -= 1;
        const { status, error, reason, isConnected } = exchange;
        resolve({
          startedMs,
          elapsedMs: Math.round(performance.now() - startedAt),
          status,
          address: isConnected ? origin.address : null,
          error,
          reason,
          response: keepResponseBytes > 0 && status > 0 ? exchange.text() : null,
          retryAfterMs: status === 0 ? undefined : exchange.retryAfterMs(now()),
        });
      });
      this.#watch(exchange);
      origin.underWay += 1;
      const request = { origin: name, path, method: "POST", headers: headers as string[], body } as const;
      if (origin.pool !== undefined) exchange.begin(origin.pool, request);
      else
        origin.making.then(
          (pool) => exchange.begin(pool, request),
          (cause: unknown) => exchange.fail(cause),
        );
    });
  }

  #originOf(name: string): Origin {
    const known = this.#origins.get(name);
    this.#requests += 1;
    if (known !== undefined) {
      known.used = this.#requests;
      return known;
    }
    this.#makeRoom();
    const { egress, connectionsPerOrigin, timeoutMs } = this.#options;
    const bounds = { connections: mostPerOrigin(connectionsPerOrigin), timeoutMs, keepAliveMs };
    const making = guardedPool(egress, name, bounds, (address) => {
      origin.address = address;
    });
    const origin: Origin = { making, pool: undefined, address: null, underWay: 0, used: this.#requests };
    making.then(
      (pool) => {
        origin.pool = pool;
      },
      () => {
        if (this.#origins.get(name) === origin) this.#origins.delete(name);
      },
    );
    this.#origins.set(name, origin);
    return origin;
  }

  /** Lets go of connections that nobody uses, where there are as many as may be. */
  #makeRoom(): void {
    if (this.#origins.size < mostOrigins) return;
    let oldest: readonly [name: string, origin: Origin] | undefined;
    for (const entry of this.#origins)
      if (entry[1].underWay === 0 && entry[1].used < (oldest?.[1].used ?? Number.POSITIVE_INFINITY)) oldest = entry;
    if (oldest === undefined) return;
    this.#origins.delete(oldest[0]);
    release(oldest[1], "close");
  }

  /** Ends attempts that take too long: one timer for all of them. */
  #watch(exchange: Exchange): void {
    this.#underWay.add(exchange);
    this.#looks ??= setInterval(() => {
      const nowMs = performance.now();
      for (const each of [...this.#underWay]) if (nowMs >= each.untilMs) each.expire();
      if (this.#underWay.size > 0) return;
      clearInterval(this.#looks);
      this.#looks = undefined;
    }, lookMs).unref();
  }

  /** Ends what is under way, as this process ends; nothing is sent any more. */
  cut(): void {
    this.#isClosed = true;
    for (const exchange of [...this.#underWay]) exchange.cut();
  }

  /** Ends what is under way and lets go of all connections. */
  async close(): Promise<void> {
    this.cut();
    clearInterval(this.#looks);
    this.#looks = undefined;
    const origins = [...this.#origins.values()];
    this.#origins.clear();
    await Promise.all(origins.map((origin) => release(origin, "destroy")));
  }
}

/** What came of an attempt that did not get as far as the network. */
export const unsent = (startedMs: number, error: string, reason: string): Sent => ({
  startedMs,
  elapsedMs: 0,
  status: 0,
  address: null,
  error,
  reason,
  response: null,
  retryAfterMs: undefined,
});

const release = ({ making }: Origin, how: "close" | "destroy"): Promise<void> =>
  making.then((pool) => pool[how]()).catch(() => undefined);
