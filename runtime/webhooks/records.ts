import { AsapError } from "../error.js";
import { checkedId, isStorable } from "../state/records.js";
import type { Attempt, DeadLetter, NewDelivery } from "./delivery.js";
import type { AttemptFilter, DeliveryFilter } from "./delivery-queue.js";
import type { SubscriptionFilter, SubscriptionRecord } from "./subscription-store.js";

/** Longest id of a delivery and longest URL, in bytes of UTF-8. */
const longestDeliveryId = 128;
const longestUrl = 2_048;

/** Why a delivery whose time was over was given up. */
export const expiredReason = "expired";

const wrong = (member: string, text: string): AsapError =>
  new AsapError("asap:state/invalid_record", {
    message: `${member} of a WebhookDelivery ${text}.`,
    data: {
      record: "WebhookDelivery",
      validation_errors: [{ loc: [member], type: "value_error", msg: `Input ${text}` }],
    },
  });

/**
 * Checks a delivery that is to be stored.
 *
 * @throws AsapError `asap:state/invalid_record`.
 */
export function checkedDelivery<One extends NewDelivery>(one: One): One {
  checkedId("WebhookDelivery", "id", one.id, longestDeliveryId);
  checkedId("WebhookDelivery", "subscriptionId", one.subscriptionId);
  checkedId("WebhookDelivery", "url", one.url, longestUrl);
  checkedId("WebhookDelivery", "taskId", one.taskId);
  if (one.orderKey !== null) checkedId("WebhookDelivery", "orderKey", one.orderKey);
  if (!isStorable(one.body)) throw wrong("body", "holds what cannot be stored");
  checkWhole("batchSize", one.batchSize);
  checkWhole("batchMs", one.batchMs);
  checkWhole("createdMs", one.createdMs);
  if (one.expiresMs !== null) checkWhole("expiresMs", one.expiresMs);
  if (one.batchSize < 1) throw wrong("batchSize", "is less than 1");
  return one;
}

function checkWhole(member: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw wrong(member, "is no whole number");
}

/**
 * Checks a subscription that is to be stored.
 *
 * @throws AsapError `asap:state/invalid_record`.
 */
export function checkedSubscription(record: SubscriptionRecord): SubscriptionRecord {
  checkedId("WebhookSubscription", "id", record.id);
  checkedId("WebhookSubscription", "owner", record.owner);
  checkedId("WebhookSubscription", "url", record.url, longestUrl);
  if (record.taskId !== null) checkedId("WebhookSubscription", "taskId", record.taskId);
  return record;
}

/** As many deliveries wait as a queue takes. */
export const queueFull = (pending: number, maxPending: number): AsapError =>
  new AsapError("asap:webhook/queue_full", {
    message: `${pending} webhook deliveries wait; the queue takes ${maxPending}.`,
    data: { pending, max_pending: maxPending },
  });

/** The delivery alone, without what a claim or a queue knows of it. */
export const newDeliveryOf = (one: NewDelivery): NewDelivery => ({
  id: one.id,
  subscriptionId: one.subscriptionId,
  url: one.url,
  taskId: one.taskId,
  event: one.event,
  body: one.body,
  orderKey: one.orderKey,
  batchSize: one.batchSize,
  batchMs: one.batchMs,
  createdMs: one.createdMs,
  expiresMs: one.expiresMs,
});

/** Whether a record of a moment fits a filter. */
const fits = (
  one: Pick<NewDelivery, "url" | "subscriptionId" | "taskId" | "event">,
  { url, subscriptionId, taskId, event, fromMs, toMs }: DeliveryFilter,
  ms: number,
): boolean =>
  (url === undefined || one.url === url) &&
  (subscriptionId === undefined || one.subscriptionId === subscriptionId) &&
  (taskId === undefined || one.taskId === taskId) &&
  (event === undefined || one.event === event) &&
  (fromMs === undefined || ms >= fromMs) &&
  (toMs === undefined || ms < toMs);

/** Whether a delivery that waits fits a filter; its moment is that of its making. */
export const deliveryFits = (one: NewDelivery, filter: DeliveryFilter): boolean => fits(one, filter, one.createdMs);

/** Whether a dead letter fits a filter. */
export const deadFits = (one: DeadLetter, filter: DeliveryFilter): boolean => fits(one, filter, one.diedMs);

/** Whether an attempt fits a filter. */
export const attemptFits = (one: Attempt, filter: AttemptFilter): boolean =>
  fits(one, filter, one.startedMs) &&
  (filter.deliveryId === undefined || one.deliveryId === filter.deliveryId) &&
  (filter.outcome === undefined || one.outcome === filter.outcome) &&
  (filter.status === undefined || one.status === filter.status);

/** Whether a subscription fits a filter. */
export const subscriptionFits = (one: SubscriptionRecord, { owner, taskId, url }: SubscriptionFilter): boolean =>
  (owner === undefined || one.owner === owner) &&
  (taskId === undefined || one.taskId === taskId) &&
  (url === undefined || one.url === url);

/** How an attempt that failed is counted. */
export const errorName = ({ error, status }: Pick<Attempt, "error" | "status">): string => error ?? `status_${status}`;
