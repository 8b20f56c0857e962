import type { ArtifactNotify, EventName, Task } from "../../generated/models.js";
import type { Log } from "../observe/log.js";
import type { Page, PageRequest } from "../state/page.js";
import type { StateStore } from "../state/state-store.js";
import type { NewDelivery, Settlement } from "./delivery.js";
import type { DeliveryQueue, Settled } from "./delivery-queue.js";
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

/** Tells of one task: the deliveries of what happens to it. */
export interface TaskTeller {
  /** Whether the deliveries go into the store along with the task; otherwise they are queued by {@link TaskTeller.tell}. */
  readonly isJoined: boolean;
  /** That it runs. */
  started(task: Task): readonly NewDelivery[];
  /**
   * How it ended.
   *
   * @param result JSON text of what it gave, where it did.
   * @param error Code of what went wrong, where it did.
   */
  ended(task: Task, result: string | undefined, error: string | undefined): readonly NewDelivery[];
  /** How far it is; queued by itself, at most once within a while. */
  progress(task: Task, progress: Readonly<Record<string, unknown>>): void;
  /**
   * Queues deliveries.
   *
   * @throws AsapError as {@link DeliveryQueue.enqueue} does.
   */
  tell(deliveries: readonly NewDelivery[]): Promise<void>;
  /** Removes the subscription of the task's own callback: the task was begun before, by another message. */
  discard(): Promise<void>;
}

/** The webhooks of an agent, as the agent itself uses them. */
export interface AgentWebhooks extends Webhooks {
  /** Words for `capabilities` in the health answer. */
  readonly capabilities: readonly string[];
  /** Grows whenever somebody subscribed, or subscriptions of all tasks were found to have changed. */
  readonly changes: number;
  /**
   * Reads subscriptions and begins to deliver; a second call does nothing, unless the first one failed.
   *
   * @throws AsapError as a store does.
   */
  start(): Promise<void>;
  /** Ends deliveries; those under way are waited for, for `drainMs` milliseconds at most. */
  close(drainMs: number): Promise<void>;
  /** Whether a request asks for a callback, or somebody wants the events of all tasks. */
  concerns(config: TaskConfig): boolean;
  /**
   * Finds out where the events of a task go: to those who want the events of all tasks, and to the callback of its request.
   *
   * @param before Id of the task that this one goes on from: the secret of its callback signs where the request has none.
   * @returns Undefined where nobody wants them.
   * @throws AsapError `asap:transport/webhook_url_rejected`, `asap:protocol/invalid_payload` for a callback that is none;
   * as a store does.
   * @see ASAP 1.1, section 12.1
   */
  begin(taskId: string, config: TaskConfig, before?: string): Promise<TaskTeller | undefined>;
  /** Where the events of a task go that was begun before, maybe by another process; undefined for nowhere. */
  of(taskId: string): Promise<TaskTeller | undefined>;
  /** The deliveries of a task's end, where they go into the store along with the task; otherwise they are queued. */
  ended(task: Task): Promise<readonly NewDelivery[]>;
  /** Queues the deliveries of a notice that a task has made an artifact. */
  artifact(task: Task, artifact: ArtifactNotify): Promise<void>;
}

/** `config` of a TaskRequest. */
export type TaskConfig = Readonly<Record<string, unknown>> | null | undefined;

/** What an agent's webhooks work with. */
export interface WebhookSurroundings {
  readonly agentId: string;
  /** The agent's `state`. */
  readonly state: StateStore | undefined;
  readonly log: Log;
  readonly now: () => number;
  /** Told of every attempt that was written, for metrics. */
  readonly onSettled?: (settlement: Settlement, settled: Settled) => void;
}

/** Posts the events of an agent's tasks, as `webhooks` of `asap-kit/webhooks` makes it. */
export interface WebhookPoster {
  /** @throws AsapError `asap:config/invalid_option` for a `state` that keeps no webhooks. */
  bind(surroundings: WebhookSurroundings): AgentWebhooks;
}
