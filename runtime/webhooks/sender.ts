import type { Dispatcher } from "undici";
import type { EgressPolicy } from "../egress.js";
import { guardedPool, refusalIn } from "../egress-node.js";
import { retryAfterSeconds } from "../retry.js";
import type { AttemptFacts } from "./delivery.js";

/** Bounds of a {@link Sender}. */
export interface SenderOptions {
  readonly egress: EgressPolicy;
  /** Longest attempt, connection and answer included, in milliseconds. */
  readonly timeoutMs: number;
  /** Most connections to one origin at a time. */
  readonly connectionsPerOrigin: number;
  /** How much of an answer's body is kept for the history, in bytes; 0 for nothing. */
  readonly keepResponseBytes: number;
  readonly now: () => number;
}

/** One request to a receiver. */
export interface Post {
  readonly url: string;
  readonly body: string;
  /** Names and values, one after the other. */
  readonly headers: readonly string[];
}

/** What came of one request. */
export interface Sent extends AttemptFacts {
  /** How long the receiver asks to wait, in milliseconds; undefined where it does not. */
  readonly retryAfterMs: number | undefined;
}

/** Most bytes of an answer that are read. */
const mostResponseBytes = 65_536;
const keepAliveMs = 30_000;
/** Most origins whose connections are kept. */
const mostOrigins = 1_000;
/** How often attempts are looked at that take too long, in milliseconds. */
const lookMs = 100;

interface Origin {
  readonly pool: Dispatcher;
  /** Address of the latest connection. */
  address: string | null;
  underWay: number;
}

/** Posts webhooks, over connections that are kept per origin; follows no redirect. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #origins = new Map<string, Promise<Origin>>();
  readonly #underWay = new Set<Exchange>();
  #looks: NodeJS.Timeout | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Sends one request; a fault of the network or the receiver is a result, too. */
  async send(post: Post): Promise<Sent> {
    const { now, timeoutMs, keepResponseBytes } = this.#options;
    const startedMs = now();
    const exchange = new Exchange(performance.now() + timeoutMs, keepResponseBytes);
    this.#watch(exchange);
    let origin: Origin | undefined;
    try {
      const { origin: of, pathname, search } = new URL(post.url);
      origin = await this.#originOf(of);
      origin.underWay += 1;
      const { headers, body } = post;
      origin.pool.dispatch(
        { origin: of, path: pathname + search, method: "POST", headers: headers as string[], body },
        exchange,
      );
    } catch (cause) {
      exchange.fail(cause);
    }
    await exchange.ended;
    this.#underWay.delete(exchange);
    if (origin !== undefined) origin.underWay -= 1;
    const { status, error, reason } = exchange;
    return {
      startedMs,
      elapsedMs: Math.round(performance.now() - (exchange.untilMs - timeoutMs)),
      status,
      address: status > 0 || exchange.isConnected ? (origin?.address ?? null) : null,
      error,
      reason,
      response: keepResponseBytes > 0 && status > 0 ? exchange.text() : null,
      retryAfterMs: exchange.retryAfterMs(startedMs),
    };
  }

  async #originOf(name: string): Promise<Origin> {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    await this.#makeRoom();
    const { egress, connectionsPerOrigin, timeoutMs } = this.#options;
    const made = (async (): Promise<Origin> => {
      const bounds = { connections: connectionsPerOrigin, timeoutMs, keepAliveMs };
      const pool = await guardedPool(egress, name, bounds, (address) => {
        origin.address = address;
      });
      const origin: Origin = { pool, address: null, underWay: 0 };
      return origin;
    })();
    this.#origins.set(name, made);
    return made;
  }

  /** Lets go of connections that nobody uses, the oldest first, where there are as many as may be. */
  async #makeRoom(): Promise<void> {
    if (this.#origins.size < mostOrigins) return;
    for (const [name, made] of this.#origins) {
      const origin = await made;
      if (origin.underWay > 0 || !this.#origins.delete(name)) continue;
      origin.pool.close().catch(() => undefined);
      return;
    }
  }

  /** Ends attempts that take too long: one timer for all of them. */
  #watch(exchange: Exchange): void {
    this.#underWay.add(exchange);
    this.#looks ??= setInterval(() => {
      const nowMs = performance.now();
      for (const each of this.#underWay) if (nowMs >= each.untilMs) each.expire();
      if (this.#underWay.size > 0) return;
      clearInterval(this.#looks);
      this.#looks = undefined;
    }, lookMs).unref();
  }

  /** Ends what is under way and lets go of all connections. */
  async close(): Promise<void> {
    clearInterval(this.#looks);
    for (const exchange of this.#underWay) exchange.expire();
    const origins = await Promise.allSettled(this.#origins.values());
    this.#origins.clear();
    const pools = origins.flatMap((each) => (each.status === "fulfilled" ? [each.value.pool] : []));
    await Promise.allSettled(pools.map((pool) => pool.destroy()));
  }
}

/** One request and its answer, of which no more is read than is needed. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly untilMs: number;
  readonly ended: Promise<void>;
  status = 0;
  error: string | null = null;
  reason: string | null = null;
  isConnected = false;
  readonly #keptBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #retryAfter: string | null = null;
  #controller: Dispatcher.DispatchController | undefined;
  #end: () => void = () => {};
  #isEnded = false;

  constructor(untilMs: number, keptBytes: number) {
    this.untilMs = untilMs;
    this.#keptBytes = keptBytes;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.isConnected = true;
    if (this.#isEnded) controller.abort(new Error("the attempt has ended"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.status = status;
    const retryAfter = headers["retry-after"];
    this.#retryAfter = (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter) ?? null;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < this.#keptBytes) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= mostResponseBytes) return;
    controller.abort(new Error("the answer is too long"));
    this.#finish();
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    this.fail(cause);
  }

  /** Ends with what went wrong; an answer whose headers came is an answer. */
  fail(cause: unknown): void {
    if (this.#isEnded) return;
    if (this.status === 0) [this.error, this.reason] = faultOf(cause);
    this.#finish();
  }

  /** Ends what takes too long. */
  expire(): void {
    if (this.#isEnded) return;
    this.fail(Object.assign(new Error("no answer in time"), { code: "UND_ERR_HEADERS_TIMEOUT" }));
    this.#controller?.abort(new Error("no answer in time"));
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(0, this.#keptBytes).toString("utf8");
  }

  retryAfterMs(nowMs: number): number | undefined {
    const seconds = retryAfterSeconds(this.#retryAfter, nowMs);
    return seconds === undefined ? undefined : seconds * 1_000;
  }

  #finish(): void {
    this.#isEnded = true;
    this.#end();
  }
}

const late = /TIMEOUT|TIMEDOUT|^UND_ERR_ABORTED$/;
const unknownName = /^(?:ENOTFOUND|EAI_|ENODATA)/;
const certificate = /CERT|^ERR_TLS|^EPROTO$|SELF_SIGNED|UNABLE_TO|^ERR_SSL/;

/** The code of what went wrong, and words for it without anything secret. */
function faultOf(cause: unknown): readonly [error: string, reason: string] {
  const refusal = refusalIn(cause);
  if (refusal !== undefined) return ["asap:transport/webhook_url_rejected", refusal.message];
  const code = String((cause as { readonly code?: unknown } | null)?.code ?? "");
  if (late.test(code)) return ["asap:transport/timeout", "no answer in time"];
  if (unknownName.test(code)) return ["asap:transport/connection_failed", "the name is not known"];
  if (certificate.test(code)) return ["asap:transport/connection_failed", `the certificate is refused: ${code}`];
  return ["asap:transport/connection_failed", code === "" ? "the connection failed" : `the connection failed: ${code}`];
}
