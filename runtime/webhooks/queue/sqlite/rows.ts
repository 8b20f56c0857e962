import type { EventName } from "../../../../generated/models.js";
import type { Attempt, DeadLetter, Delivery, NewDelivery } from "../../delivery.js";

/** Columns that deliveries and dead letters have in common, in the order of {@link newValues}. */
export const newColumns =
  "id, subscription_id, url, task_id, event, body, order_key, batch_size, batch_ms, created_ms, expires_ms";

/** Adds the values of the columns that deliveries and dead letters have in common. */
export function addNewValues(values: (string | number | null)[], one: NewDelivery): void {
  values.push(one.id, one.subscriptionId, one.url, one.taskId, one.event, one.body);
  values.push(one.orderKey, one.batchSize, one.batchMs, one.createdMs, one.expiresMs);
}

/** Values of the columns that deliveries and dead letters have in common. */
export function newValues(one: NewDelivery): readonly (string | number | null)[] {
  const values: (string | number | null)[] = [];
  addNewValues(values, one);
  return values;
}

interface NewRow {
  readonly id: string;
  readonly subscription_id: string;
  readonly url: string;
  readonly task_id: string;
  readonly event: EventName;
  readonly body: string;
  readonly order_key: string | null;
  readonly batch_size: number;
  readonly batch_ms: number;
  readonly created_ms: number;
  readonly expires_ms: number | null;
}

/** A delivery as its table has it. */
export interface DeliveryRow extends NewRow {
  readonly seq: number;
  readonly due_ms: number;
  readonly attempts: number;
  readonly replays: number;
}

/** A dead letter as its table has it. */
export interface DeadRow extends NewRow {
  readonly attempts: number;
  readonly replays: number;
  readonly died_ms: number;
  readonly reason: string;
  readonly status: number;
}

/** The delivery of a row. */
export const newOf = (row: NewRow): NewDelivery => ({
  id: row.id,
  subscriptionId: row.subscription_id,
  url: row.url,
  taskId: row.task_id,
  event: row.event,
  body: row.body,
  orderKey: row.order_key,
  batchSize: row.batch_size,
  batchMs: row.batch_ms,
  createdMs: row.created_ms,
  expiresMs: row.expires_ms,
});

/** The delivery of a row with where it stands. */
export const deliveryOf = (row: DeliveryRow, isLeased: boolean): Delivery => ({
  ...newOf(row),
  state: isLeased ? "leased" : "pending",
  attempts: row.attempts,
  replays: row.replays,
  dueMs: row.due_ms,
});

/** The dead letter of a row. */
export const deadOf = (row: DeadRow): DeadLetter => ({
  ...newOf(row),
  attempts: row.attempts,
  replays: row.replays,
  diedMs: row.died_ms,
  reason: row.reason,
  status: row.status,
});

/** An attempt as its table has it. */
export interface AttemptRow {
  readonly seq: number;
  readonly delivery_id: string;
  readonly subscription_id: string;
  readonly url: string;
  readonly task_id: string;
  readonly event: EventName;
  readonly attempt: number;
  readonly replays: number;
  readonly outcome: Attempt["outcome"];
  readonly started_ms: number;
  readonly elapsed_ms: number;
  readonly status: number;
  readonly address: string | null;
  readonly error: string | null;
  readonly reason: string | null;
  readonly response: string | null;
}

/** Columns of an attempt, in the order of {@link attemptValues}. */
export const attemptColumns =
  "delivery_id, subscription_id, url, task_id, event, attempt, replays, outcome, started_ms, elapsed_ms, status, address, error, reason, response";

/** Values of the columns of an attempt. */
export const attemptValues = (one: Attempt): readonly (string | number | null)[] => [
  one.deliveryId,
  one.subscriptionId,
  one.url,
  one.taskId,
  one.event,
  one.attempt,
  one.replays,
  one.outcome,
  one.startedMs,
  one.elapsedMs,
  one.status,
  one.address,
  one.error,
  one.reason,
  one.response,
];

/** The attempt of a row. */
export const attemptOfRow = (row: AttemptRow): Attempt => ({
  deliveryId: row.delivery_id,
  subscriptionId: row.subscription_id,
  url: row.url,
  taskId: row.task_id,
  event: row.event,
  attempt: row.attempt,
  replays: row.replays,
  outcome: row.outcome,
  startedMs: row.started_ms,
  elapsedMs: row.elapsed_ms,
  status: row.status,
  address: row.address,
  error: row.error,
  reason: row.reason,
  response: row.response,
});

/** Marks of as many rows as are given, each of as many values. */
export const marks = (rows: number, values: number): string =>
  Array.from({ length: rows }, () => `(${Array.from({ length: values }, () => "?").join(", ")})`).join(", ");
