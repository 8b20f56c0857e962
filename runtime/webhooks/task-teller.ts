import type { Task } from "../../generated/models.js";
import type { Log } from "../observe/log.js";
import type { NewDelivery } from "./delivery.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import { deliveriesOf, endOf, type TaskEvent } from "./events.js";
import type { SubscriptionRecord, SubscriptionStore } from "./subscription-store.js";
import type { TaskTeller } from "./webhooks.js";

/** What the tellers of an agent share. */
export interface TellerParts {
  readonly queue: DeliveryQueue;
  readonly subscriptions: SubscriptionStore;
  readonly isJoined: boolean;
  /** How old an event may be when it is sent, in milliseconds. */
  readonly expiresMs: number;
  /** Shortest time between two `task.progress` events, in milliseconds. */
  readonly progressIntervalMs: number;
  readonly log: Log;
  readonly now: () => number;
}

/** Tells the subscriptions that want to know of one task. */
export class SubscriptionTeller implements TaskTeller {
  readonly #parts: TellerParts;
  readonly #own: readonly SubscriptionRecord[];
  readonly #general: readonly SubscriptionRecord[];
  #progressMs = Number.NEGATIVE_INFINITY;
  #progressCount = 0;

  /**
   * @param own Subscriptions of the task alone.
   * @param general Subscriptions of all tasks.
   */
  constructor(parts: TellerParts, own: readonly SubscriptionRecord[], general: readonly SubscriptionRecord[]) {
    this.#parts = parts;
    this.#own = own;
    this.#general = general;
  }

  get isJoined(): boolean {
    return this.#parts.isJoined;
  }

  /** The deliveries of an event. */
  deliveries(event: TaskEvent): readonly NewDelivery[] {
    const { now, expiresMs } = this.#parts;
    return deliveriesOf(event, [...this.#own, ...this.#general], now(), expiresMs);
  }

  started(task: Task): readonly NewDelivery[] {
    return this.deliveries({ event: "task.started", task });
  }

  ended(task: Task, result: string | undefined, error: string | undefined): readonly NewDelivery[] {
    return this.deliveries(endOf(task, result, error));
  }

  progress(task: Task, progress: Readonly<Record<string, unknown>>): void {
    const { now, progressIntervalMs, log } = this.#parts;
    const atMs = now();
    if (atMs - this.#progressMs < progressIntervalMs) return;
    this.#progressMs = atMs;
    this.#progressCount += 1;
    const key = `${atMs} ${this.#progressCount}`;
    const failed = (error: unknown) => log.error?.("asap.webhook.not_queued", { task_id: task.id, error });
    try {
      this.tell(this.deliveries({ event: "task.progress", task, key, data: { progress } })).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  async tell(deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length > 0) await this.#parts.queue.enqueue(deliveries);
  }

  async discard(): Promise<void> {
    for (const { id } of this.#own) await this.#parts.subscriptions.remove(id);
  }
}
