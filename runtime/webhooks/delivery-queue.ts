import type { EventName } from "../../generated/models.js";
import type { Page, PageRequest } from "../state/page.js";
import type {
  Attempt,
  ClaimedBatch,
  ClaimedDelivery,
  DeadLetter,
  Delivery,
  NewDelivery,
  Settlement,
} from "./delivery.js";

/** A token bucket. */
export interface Rate {
  /** Tokens that come back in a minute. */
  readonly perMinute: number;
  /** Most tokens at a time. */
  readonly burst: number;
}

/** When an endpoint is left alone for a while. */
export interface CircuitRule {
  /** Failed attempts in a row that open the circuit. */
  readonly failures: number;
  /** How long it stays open before one attempt is let through, in milliseconds. */
  readonly openMs: number;
}

/** What a claim is bound by. */
export interface ClaimRequest {
  /** Who sends: one name per process. */
  readonly owner: string;
  /** Most endpoints. */
  readonly maxEndpoints: number;
  /** Most batches, or single deliveries, of one endpoint. */
  readonly perEndpoint: number;
  /**
   * Most of one endpoint by its URL, 0 to leave it out for now: a hint that keeps a queue from handing out what would only
   * wait. Default: `perEndpoint` for all.
   */
  readonly room?: (url: string) => number;
  /** How long the deliveries are the owner's, in milliseconds. */
  readonly leaseMs: number;
  /** Per URL; a batch takes one token. Undefined for no bound. */
  readonly endpointRate: Rate | undefined;
  /** For all together. Undefined for no bound. */
  readonly globalRate: Rate | undefined;
  readonly circuit: CircuitRule;
}

/** State of the circuit of an endpoint. */
export type CircuitState = "closed" | "open" | "half_open";

/** How an endpoint fares. */
export interface EndpointState {
  readonly url: string;
  readonly circuit: CircuitState;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** When an open circuit lets an attempt through, in milliseconds since 1970; null while it is closed. */
  readonly openUntilMs: number | null;
  /** Deliveries that wait or are under way. */
  readonly pending: number;
}

/** What an attempt changed beyond its delivery. */
export interface Settled {
  /** Whether the claim still held: `stale` where the lease had run out and nothing was written. */
  readonly result: "applied" | "stale";
  /**
   * The circuit of the endpoint, where this settlement opened or closed it. A failed attempt through a half-open circuit
   * opens it for another time, which does not count.
   */
  readonly circuit?: "opened" | "closed";
}

/** How full a queue is. */
export interface QueueStats {
  /** Deliveries that wait. */
  readonly pending: number;
  readonly leased: number;
  readonly dead: number;
  /** Since when the delivery that is due longest is due, in milliseconds since 1970; null where none is due. */
  readonly oldestDueMs: number | null;
  /** Endpoints whose circuit is not closed. */
  readonly openCircuits: number;
}

/** Which records are meant: those that fit every member given. */
export interface DeliveryFilter {
  readonly url?: string;
  readonly subscriptionId?: string;
  readonly taskId?: string;
  readonly event?: EventName;
  /** From when on, in milliseconds since 1970, that moment included. */
  readonly fromMs?: number;
  /** Until when, in milliseconds since 1970, that moment not included. */
  readonly toMs?: number;
}

/** Which attempts are meant. */
export interface AttemptFilter extends DeliveryFilter {
  readonly deliveryId?: string;
  readonly outcome?: Attempt["outcome"];
  /** HTTP status; 0 for no answer. */
  readonly status?: number;
}

/** Counts over the attempts of a span of time, per endpoint. */
export interface EndpointTotals {
  readonly url: string;
  readonly attempts: number;
  readonly delivered: number;
  /** Attempts that failed, those that are tried again included. */
  readonly failed: number;
  /** Attempts after the first of a delivery. */
  readonly retries: number;
  readonly dead: number;
  /** Sum of the time of all attempts, in milliseconds. */
  readonly elapsedMs: number;
  /** How often attempts failed, by error code, or `status_<n>` where there is none. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * Keeps deliveries until they are made. Works for several processes at once: no delivery is claimed by two at a time.
 *
 * Every method rejects with AsapError `asap:state/unavailable`, `asap:state/corrupt` and `asap:state/closed` as a
 * `SnapshotStore` does.
 */
export interface DeliveryQueue {
  /**
   * Adds deliveries, all or none; they are durable once the promise resolves.
   *
   * @returns For each whether it was added, or one with its id is there already (waiting or dead).
   * @throws AsapError `asap:webhook/queue_full` where more would wait than the queue takes, `asap:state/invalid_record`.
   */
  enqueue(deliveries: readonly NewDelivery[]): Promise<readonly ("added" | "exists")[]>;
  /**
   * Takes what is due: the oldest of an endpoint first, the endpoint served longest ago first. Endpoints with an open
   * circuit or without a token are left out; each batch, or single delivery, spends a token. Deliveries of a batch that
   * is not full wait for `batchMs`. What expired goes to the dead letters.
   */
  claim(request: ClaimRequest): Promise<readonly ClaimedBatch[]>;
  /**
   * Keeps claimed deliveries for another lease.
   *
   * @returns For each whether it is still held.
   */
  heartbeat(deliveries: readonly ClaimedDelivery[], leaseMs: number): Promise<readonly boolean[]>;
  /** Writes what came of attempts: deliveries, history and circuits in one transaction. */
  settle(settlements: readonly Settlement[], circuit: CircuitRule): Promise<readonly Settled[]>;
  /** When something is due next that may be claimed, in milliseconds since 1970; undefined where nothing waits. */
  nextDueMs(): Promise<number | undefined>;
  /**
   * Calls back when something may have become due; a hint that may be lost.
   *
   * @returns Ends the calls.
   */
  onWake(call: () => void): () => void;
  /** Deliveries that wait or are under way, those queued first before others. */
  list(filter?: DeliveryFilter, page?: PageRequest): Promise<Page<Delivery>>;
  /** Removes the deliveries of a subscription that wait. @returns How many there were. */
  drop(subscriptionId: string): Promise<number>;
  readonly dead: DeadLetters;
  /** Attempts that came to their end, those begun latest first. */
  history(filter?: AttemptFilter, page?: PageRequest): Promise<Page<Attempt>>;
  /** Totals of the attempts that fit, per URL, the most attempts first. */
  totals(filter?: AttemptFilter): Promise<readonly EndpointTotals[]>;
  /** How endpoints fare that have something waiting or a circuit that is not closed, by URL. */
  endpoints(page?: PageRequest): Promise<Page<EndpointState>>;
  /** Closes the circuit of an endpoint. */
  resetEndpoint(url: string): Promise<void>;
  stats(): Promise<QueueStats>;
  /**
   * Deletes attempts and dead letters that ended before a moment, in milliseconds since 1970.
   *
   * @returns How many there were.
   */
  prune(before: { readonly attemptsMs?: number; readonly deadMs?: number }): Promise<number>;
  /**
   * Takes records over from another queue as they are, in place of those with the same id; attempts that are there
   * already (same delivery, replays and attempt) stay.
   */
  restore(records: {
    readonly deliveries?: readonly Delivery[];
    readonly dead?: readonly DeadLetter[];
    readonly attempts?: readonly Attempt[];
  }): Promise<void>;
}

/** Deliveries that were given up. */
export interface DeadLetters {
  /** The latest first. The span of time is that of when they were given up. */
  list(filter?: DeliveryFilter, page?: PageRequest): Promise<Page<DeadLetter>>;
  /** One by its id; undefined where there is none. */
  get(id: string): Promise<DeadLetter | undefined>;
  /**
   * Puts dead letters back into the queue with the same id, as if made anew: without attempts, without an expiry, behind
   * others of their key. Their count of replays is one more.
   *
   * @param dueMs When each is due, in milliseconds since 1970, in the order of the ids. Default: now.
   * @returns For each whether it was there.
   * @throws AsapError `asap:webhook/queue_full`; none is put back then.
   */
  replay(ids: readonly string[], dueMs?: readonly number[]): Promise<readonly boolean[]>;
  /** Deletes dead letters for good. @returns For each whether it was there. */
  delete(ids: readonly string[]): Promise<readonly boolean[]>;
}
