import { createHash } from "node:crypto";
import type { EventName, Task } from "../../generated/models.js";
import { canonicalJson } from "../canonical-json.js";
import { isoTime } from "../jsonrpc.js";
import type { NewDelivery } from "./delivery.js";
import type { SubscriptionRecord } from "./subscription-store.js";

/** Something that happened to a task. */
export interface TaskEvent {
  readonly event: EventName;
  readonly task: Pick<Task, "id" | "conversation_id" | "status">;
  /** Tells events of one name of a task from one another. Default: there is only one. */
  readonly key?: string;
  /** More about it. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Most characters of a task's result within an event; a longer one is left out. */
const longestResult = 262_144;

/**
 * The event that a task's end is.
 *
 * @param result JSON text of what it gave, where it did.
 * @param error Code of what went wrong, where it did.
 */
export function endOf(task: TaskEvent["task"], result?: string, error?: string): TaskEvent {
  if (task.status !== "completed")
    return { event: "task.failed", task, ...(error !== undefined && { data: { error } }) };
  if (result === undefined) return { event: "task.completed", task };
  const isLong = result.length > longestResult;
  return { event: "task.completed", task, data: isLong ? { result_omitted: true } : { result: JSON.parse(result) } };
}

/**
 * The deliveries of an event. The id of each is made of the task, the event and the subscription, so that an event that
 * is told twice is delivered once.
 */
export function deliveriesOf(
  { event, task, key = "", data }: TaskEvent,
  subscriptions: readonly SubscriptionRecord[],
  nowMs: number,
  expiresMs: number,
): readonly NewDelivery[] {
  return subscriptions.flatMap((subscription) => {
    const { id: subscriptionId, events, url, batch, ordered, disabled } = subscription;
    if (disabled !== null || (events !== null && !events.includes(event))) return [];
    const id = idOf(task.id, event, key, subscriptionId);
    const delivery: NewDelivery = {
      id,
      subscriptionId,
      url,
      taskId: task.id,
      event,
      body: canonicalJson({
        id,
        event,
        task_id: task.id,
        timestamp: isoTime(nowMs),
        data: { conversation_id: task.conversation_id, status: task.status, ...data },
      }),
      orderKey: ordered ? `${subscriptionId} ${task.id}` : null,
      batchSize: batch?.size ?? 1,
      batchMs: batch?.waitMs ?? 0,
      createdMs: nowMs,
      expiresMs: nowMs + expiresMs,
    };
    return [delivery];
  });
}

const idOf = (...parts: readonly string[]): string =>
  `msg_${createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 27)}`;
