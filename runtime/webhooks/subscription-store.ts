import type { EventName } from "../../generated/models.js";
import type { Page, PageRequest } from "../state/page.js";

/** A secret that signs. */
export interface SubscriptionSecret {
  /** The secret, sealed where the agent has a key for that. */
  readonly value: string;
  /** From when on it does not sign any more, in milliseconds since 1970; null for the latest one. */
  readonly untilMs: number | null;
}

/** Where events go, as it is stored. */
export interface SubscriptionRecord {
  readonly id: string;
  /** Whose it is: the agent that asked for it, or the operator (`operator`). */
  readonly owner: string;
  /** The task whose events it takes; null for the events of all tasks of its agent. */
  readonly taskId: string | null;
  readonly url: string;
  /** Events wanted; null for all. */
  readonly events: readonly EventName[] | null;
  /** Secrets that sign, the latest first; none for an unsigned webhook. */
  readonly secrets: readonly SubscriptionSecret[];
  /** JSON text of what the receiver asks of a sender (headers, bearer token, OAuth2 client), sealed; null for nothing. */
  readonly auth: string | null;
  /** Whether events of one task are sent one after the other. */
  readonly ordered: boolean;
  /** Most events of one request, and how long one may wait for others, in milliseconds; null for one each. */
  readonly batch: { readonly size: number; readonly waitMs: number } | null;
  /** Why nothing is sent any more; null while it is. */
  readonly disabled: { readonly reason: string; readonly atMs: number } | null;
  readonly createdMs: number;
  /** 1 when it is made; one more with every change. */
  readonly version: number;
}

/** Which subscriptions are meant: those that fit every member given. */
export interface SubscriptionFilter {
  readonly owner?: string;
  /** Null for those of all tasks. */
  readonly taskId?: string | null;
  readonly url?: string;
}

/** Keeps subscriptions. Rejects as a `SnapshotStore` does. */
export interface SubscriptionStore {
  /**
   * Stores a subscription.
   *
   * @returns Whether it was stored: not where the stored one has another version than one less, or one with the id is
   * there and the version is 1.
   */
  put(record: SubscriptionRecord): Promise<boolean>;
  get(id: string): Promise<SubscriptionRecord | undefined>;
  /** By the time of their making, then by id. */
  list(filter?: SubscriptionFilter, page?: PageRequest): Promise<Page<SubscriptionRecord>>;
  /** @returns Whether there was one. */
  remove(id: string): Promise<boolean>;
  /** Removes subscriptions of single tasks made before a moment, in milliseconds since 1970. @returns How many. */
  prune(beforeMs: number): Promise<number>;
  /** Takes subscriptions over from another store as they are, in place of those with the same id. */
  restore(records: readonly SubscriptionRecord[]): Promise<void>;
  /** Changes whenever a subscription of all tasks is stored or removed, by whichever process. */
  revision(): Promise<string>;
}
