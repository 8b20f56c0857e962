import type { EventName } from "../../generated/models.js";
import type { Page, PageRequest } from "../state/page.js";
import type { NewDelivery } from "./delivery.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import type { TaskEvent } from "./events.js";
import type { ReceiverAuth } from "./receiver-auth.js";

/** Where events are to go. */
export interface NewSubscription {
  readonly url: string;
  /** Events wanted. Default: all. */
  readonly events?: readonly EventName[];
  /** Secret that signs. Default: none, and nothing is signed. */
  readonly secret?: string;
  /** The task whose events are wanted. Default: the events of all tasks of the agent. */
  readonly taskId?: string;
  /** What the receiver asks of who posts to it. Default: nothing. */
  readonly auth?: ReceiverAuth;
  /** Whether events of one task are sent one after the other, each once the one before has arrived or was given up. Default: false. */
  readonly ordered?: boolean;
  /**
   * Sends events together, as a JSON array: at most `size` (2 to 1,000), none later than `waitMs` (1 to 60,000) after it
   * was made. Default: each event is a request of its own.
   */
  readonly batch?: { readonly size: number; readonly waitMs: number };
}

/** A subscription as it is shown: without its secrets. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  /** Undefined for the events of all tasks. */
  readonly taskId: string | undefined;
  /** Undefined for all events. */
  readonly events: readonly EventName[] | undefined;
  /** How many secrets sign now. */
  readonly secrets: number;
  readonly ordered: boolean;
  readonly batch: { readonly size: number; readonly waitMs: number } | undefined;
  /** Why nothing is sent any more; undefined while it is. */
  readonly disabled: { readonly reason: string; readonly atMs: number } | undefined;
  readonly createdMs: number;
}

/** Subscriptions of an agent, and what became of their deliveries. */
export interface Webhooks {
  /**
   * Adds a subscription. The URL is judged now, and again at each delivery.
   *
   * @throws AsapError `asap:transport/webhook_url_rejected`, `asap:config/invalid_option`, and as a store does.
   */
  subscribe(subscription: NewSubscription): Promise<Subscription>;
  /** One subscription; undefined where there is none. */
  get(id: string): Promise<Subscription | undefined>;
  /** By the time of their making. Default: those of all tasks and those of single ones. */
  list(
    filter?: { readonly taskId?: string | null; readonly url?: string },
    page?: PageRequest,
  ): Promise<Page<Subscription>>;
  /** Removes a subscription and what waits for it. @returns Whether there was one. */
  remove(id: string): Promise<boolean>;
  /**
   * Signs with a new secret; those of before sign beside it for a while.
   *
   * @param options.secret Default: a random one, `whsec_…`.
   * @param options.graceMs How long earlier secrets sign on, in milliseconds. Default: 86,400,000 (a day).
   * @returns The new secret.
   * @throws AsapError `asap:webhook/subscription_not_found`.
   */
  rotateSecret(id: string, options?: { readonly secret?: string; readonly graceMs?: number }): Promise<string>;
  /**
   * Sends again to a subscription that was disabled, as its receiver answered 410.
   *
   * @throws AsapError `asap:webhook/subscription_not_found`.
   */
  enable(id: string): Promise<Subscription>;
  /** Deliveries, dead letters, the history of attempts. */
  readonly queue: DeliveryQueue;
}

/** Events of one task on their way to its subscriptions. */
export interface TaskWebhooks {
  /** The deliveries of an event; none where nobody wants it. */
  deliveries(event: TaskEvent): readonly NewDelivery[];
  /** Removes the subscription of the task's own callback: the task was begun before, by another message. */
  discard(): Promise<void>;
}
