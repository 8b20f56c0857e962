import type { NewDelivery } from "../delivery.js";
import type { InRow } from "../row.js";
import type { Circuit } from "./circuit.js";
import type { DueQueue } from "./due-queue.js";
import type { Heap, Placed } from "./heap.js";

/** A delivery as the scheduler takes it. */
export interface Entry {
  /** A smaller one was queued before. */
  readonly seq: number;
  /** In milliseconds since 1970. */
  readonly dueMs: number;
  readonly attempts: number;
  readonly replays: number;
  readonly delivery: Pick<NewDelivery, "url" | "subscriptionId" | "orderKey" | "batchSize" | "batchMs" | "expiresMs">;
}

/** Where an item stands: due now or later, behind others of its key, in somebody's hands, or at its end. */
export type Standing = "due" | "behind" | "held" | "ended";

/** A delivery as the scheduler knows it. */
export interface Item extends Placed {
  /** Tells it from every other; a smaller one was queued before. */
  readonly seq: number;
  readonly endpoint: Endpoint;
  readonly line: Line | undefined;
  readonly group: Group | undefined;
  /** Undefined where it never expires. */
  readonly expiry: Expiry | undefined;
  dueMs: number;
  attempts: number;
  readonly replays: number;
  standing: Standing;
  /** What the engine keeps with it. */
  data: unknown;
}

/** When an item expires. */
export interface Expiry extends Placed {
  /** In milliseconds since 1970. */
  readonly atMs: number;
  readonly item: Item;
}

/** Items of one key; the first alone may be due. */
export interface Line {
  readonly key: string;
  items: Item[];
  /** Where the first stands in the items. */
  head: number;
}

/** Items of one subscription that are sent in batches. */
export interface Group extends Placed {
  readonly subscriptionId: string;
  /** Most items of a batch. */
  size: number;
  /** How long an item may wait for others, in milliseconds. */
  waitMs: number;
  /** Items that are not at their end. */
  count: number;
  /** Items that are due and wait for others. */
  ready: Item[];
  readonly waiting: DueQueue;
  /** When to look at it, in milliseconds since 1970. */
  lookMs: number;
}

/** All that goes to one URL. */
export interface Endpoint extends Placed {
  readonly url: string;
  /** Items that are sent one by one. */
  readonly singles: DueQueue;
  lines: Map<string, Line> | undefined;
  groups: Map<string, Group> | undefined;
  groupsByLook: Heap<Group> | undefined;
  /** Items that are not at their end. */
  count: number;
  /** The turn in which it was served last. */
  served: number;
  /** Whether it stands among those that may be served. */
  isReady: boolean;
  /** When it may be served, in milliseconds since 1970. */
  readyMs: number;
  /** State of its bucket. */
  spentMs: number;
  circuit: Circuit;
  /** Trials of a half-open circuit that are under way. */
  trials: number;
}

/** What is sent in one request. */
export interface Unit {
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
  leases: readonly Lease[];
  /** Whether its outcome was told to the circuit. */
  isJudged: boolean;
  /** Whether its tokens were put back, since it was not sent. */
  isReturned: boolean;
}

/** An item in somebody's hands. */
export interface Lease extends InRow<Lease> {
  readonly item: Item;
  readonly fence: number;
  readonly attempt: number;
  /** In milliseconds since 1970. */
  untilMs: number;
  readonly unit: Unit;
  /** Whether its outcome is being written: it does not end meanwhile. */
  isSettling: boolean;
}
