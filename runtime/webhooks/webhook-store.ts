import type { DeliveryQueue } from "./delivery-queue.js";
import type { SubscriptionStore } from "./subscription-store.js";

/** Subscriptions and deliveries of an agent in one backend. */
export interface WebhookStore {
  /**
   * Gives the store to an agent: it keeps the webhooks of one, the first that is bound, for as long as its records last.
   * Instances of that agent share it.
   *
   * @param agent Id of the agent.
   * @throws AsapError `asap:config/webhook_store_taken` where it is another agent's, `asap:state/invalid_record` for what
   * cannot be an id, and as a `SnapshotStore` does.
   */
  bind(agent: string): Promise<void>;
  /** Id of the agent that has the store; undefined while nobody has. Rejects as a `SnapshotStore` does. */
  agent(): Promise<string | undefined>;
  readonly subscriptions: SubscriptionStore;
  readonly queue: DeliveryQueue;
}

/** Bounds of a {@link WebhookStore}. */
export interface WebhookStoreOptions {
  /** Most deliveries that wait or are under way; more are refused. Default: 1,000,000. */
  readonly maxPending?: number;
  /**
   * Most deliveries for one URL that wait or are under way; more are refused. An SQLite file has this bound in the process
   * that sends from it; each instance on PostgreSQL may exceed it by a sixteenth. Default: 10,000.
   */
  readonly maxPendingPerUrl?: number;
  /** Gives milliseconds since 1970. Default: the clock of the backend. */
  readonly now?: () => number;
}
