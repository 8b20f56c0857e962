import { type Durations, durations, observe } from "../observe/metrics.js";
import { BusyHosts } from "./busy-hosts.js";
import type { Attempt, Settlement } from "./delivery.js";
import type { DeliveryQueue, QueueStats, Settled } from "./delivery-queue.js";

/** Why deliveries were given up, in a few words that make labels. */
export type DeadReason =
  /** The subscription was removed or disabled before there was an attempt. */
  | "subscription"
  /** The receiver answered 410. */
  | "gone"
  /** Another status from 400 to 499. */
  | "rejected"
  /** A status from 500 on. */
  | "server_error"
  /** Any other status. */
  | "status"
  /** The target may not be reached. */
  | "blocked"
  | "timeout"
  | "unreachable"
  /** What went wrong before the network, such as a secret that cannot be opened. */
  | "other";

const errorReasons: Readonly<Record<string, DeadReason>> = {
  "asap:transport/webhook_url_rejected": "blocked",
  "asap:transport/timeout": "timeout",
  "asap:transport/connection_failed": "unreachable",
};

/** Why a delivery was given up, by what came of its last attempt. */
export function deadReason(facts: Pick<Attempt, "status" | "error"> | undefined): DeadReason {
  if (facts === undefined) return "subscription";
  const { status, error } = facts;
  if (status === 0) return errorReasons[error ?? ""] ?? "other";
  if (status === 410) return "gone";
  if (status >= 500) return "server_error";
  return status >= 400 ? "rejected" : "status";
}

/** What an attempt adds to the metrics. */
export interface Counted {
  /** What came of the attempt; undefined where nothing was sent. */
  readonly attempt: Attempt["outcome"] | undefined;
  /** Whether it was one after the first of the delivery. */
  readonly isRetry: boolean;
  /** How the delivery ended; undefined while it has not. */
  readonly result: "delivered" | "dead" | undefined;
  /** Why it was given up; undefined where it was not. */
  readonly reason: DeadReason | undefined;
  /** How long the attempt took, in seconds. */
  readonly seconds: number;
  readonly host: string;
}

/** What a settlement adds to the metrics; undefined for nothing: it was not written, or the delivery was given back. */
export function counted({ delivery, outcome, facts }: Settlement, { result }: Settled): Counted | undefined {
  if (result === "stale" || outcome.kind === "release") return undefined;
  return {
    attempt: facts && outcome.kind,
    isRetry: facts !== undefined && delivery.attempt > 1,
    result: outcome.kind === "retry" ? undefined : outcome.kind,
    reason: outcome.kind === "dead" ? deadReason(facts) : undefined,
    seconds: (facts?.elapsedMs ?? 0) / 1_000,
    host: hostOf(delivery.url),
  };
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}

/** How long what the queue tells is good for, and how long a scrape waits for it, in milliseconds. */
const freshMs = 1_000;
const patienceMs = 2_000;
const mostHosts = 20;

/** Counts what became of an agent's webhooks, and reads how full their queue is. Read by an exposition such as Prometheus. */
export class WebhookMetrics {
  /** Attempts by what came of them. */
  readonly attempts = new Map<Attempt["outcome"], number>();
  /** Deliveries that came to their end, by event and how. */
  readonly deliveries = new Map<string, { delivered: number; dead: number }>();
  /** Deliveries that were given up, by why. */
  readonly dead = new Map<DeadReason, number>();
  /** Attempts after the first of a delivery. */
  retries = 0;
  /** Time of the attempts. */
  readonly durations: Durations = durations();
  readonly #hosts = new BusyHosts(mostHosts);
  readonly #queue: Pick<DeliveryQueue, "stats">;
  readonly #now: () => number;
  #reading: { readonly sinceMs: number; readonly stats: Promise<QueueStats | undefined> } | undefined;

  /**
   * @param queue The queue that the agent's deliveries are in.
   * @param now Gives milliseconds since 1970.
   */
  constructor(queue: Pick<DeliveryQueue, "stats">, now: () => number) {
    this.#queue = queue;
    this.#now = now;
  }

  /** Counts an attempt that was written, or a delivery that was given up without one. */
  count(settlement: Settlement, settled: Settled): void {
    const one = counted(settlement, settled);
    if (one === undefined) return;
    if (one.attempt !== undefined) {
      this.attempts.set(one.attempt, (this.attempts.get(one.attempt) ?? 0) + 1);
      observe(this.durations, one.seconds);
      this.#hosts.add(one.host);
    }
    if (one.isRetry) this.retries += 1;
    if (one.reason !== undefined) this.dead.set(one.reason, (this.dead.get(one.reason) ?? 0) + 1);
    if (one.result === undefined) return;
    const { event } = settlement.delivery;
    const ended = this.deliveries.get(event) ?? { delivered: 0, dead: 0 };
    this.deliveries.set(event, ended);
    ended[one.result] += 1;
  }

  /** Attempts by host: the 20 busiest, and `other` for the rest. */
  hosts(): readonly (readonly [host: string, attempts: number])[] {
    return this.#hosts.entries();
  }

  /** How full the queue is, asked at most once in a second; undefined while it does not tell. */
  async stats(): Promise<QueueStats | undefined> {
    const nowMs = this.#now();
    if (this.#reading !== undefined && Math.abs(nowMs - this.#reading.sinceMs) < freshMs) return this.#reading.stats;
    const stats = inTime(this.#queue.stats());
    this.#reading = { sinceMs: nowMs, stats };
    return stats;
  }

  /** Seconds since the delivery was due that is due longest; 0 where none is due. */
  oldestDueSeconds({ oldestDueMs }: QueueStats): number {
    return oldestDueMs === null ? 0 : Math.max(0, this.#now() - oldestDueMs) / 1_000;
  }
}

function inTime(work: Promise<QueueStats>): Promise<QueueStats | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs, undefined);
    const end = (stats?: QueueStats) => {
      clearTimeout(timer);
      resolve(stats);
    };
    work.then(end, () => end());
  });
}
