import type { EventName } from "../../../../generated/models.js";
import { AsapError } from "../../../error.js";
import type { Condition } from "../../../state/postgres/where.js";
import { checkedId, isStorable } from "../../../state/records.js";
import type { Attempt, ClaimedDelivery, DeadLetter, Delivery, NewDelivery } from "../../delivery.js";
import type { DeliveryFilter } from "../../delivery-queue.js";

export const recordName = "WebhookDelivery";

/** Longest id of a delivery and longest URL, in bytes of UTF-8. */
const longestDeliveryId = 128;
const longestUrl = 2_048;

/** Columns that a new delivery comes with, and their types, in the order of {@link newValues}. */
export const newColumns = {
  id: "text",
  subscription_id: "text",
  url: "text",
  task_id: "text",
  event: "text",
  body: "text",
  order_key: "text",
  batch_size: "integer",
  batch_ms: "bigint",
  created_ms: "bigint",
  expires_ms: "bigint",
} as const;

/** Names of the columns of a new delivery, as SQL lists them. */
export const newNames = Object.keys(newColumns).join(", ");

export type Cell = string | number | null;

type NumberCell = number | string;

/** The columns of a delivery that it was made with, as the server gives them. */
export interface NewRow {
  readonly id: string;
  readonly subscription_id: string;
  readonly url: string;
  readonly task_id: string;
  readonly event: string;
  readonly body: string;
  readonly order_key: string | null;
  readonly batch_size: NumberCell;
  readonly batch_ms: NumberCell;
  readonly created_ms: NumberCell;
  readonly expires_ms: NumberCell | null;
}

/** A row of what waits or is under way. */
export interface DeliveryRow extends NewRow {
  readonly seq: NumberCell;
  readonly attempts: NumberCell;
  readonly replays: NumberCell;
  readonly due_ms: NumberCell;
  readonly fence: NumberCell | null;
}

/** A row of a dead letter. */
export interface DeadRow extends NewRow {
  readonly seq: NumberCell;
  readonly attempts: NumberCell;
  readonly replays: NumberCell;
  readonly status: NumberCell;
  readonly died_ms: NumberCell;
  readonly reason: string;
}

/** A row of the history. */
export interface AttemptRow {
  readonly seq: NumberCell;
  readonly delivery_id: string;
  readonly subscription_id: string;
  readonly url: string;
  readonly task_id: string;
  readonly event: string;
  readonly attempt: NumberCell;
  readonly replays: NumberCell;
  readonly outcome: string;
  readonly started_ms: NumberCell;
  readonly elapsed_ms: NumberCell;
  readonly status: NumberCell;
  readonly address: string | null;
  readonly error: string | null;
  readonly reason: string | null;
  readonly response: string | null;
}

/** Columns of an attempt and their types, in the order of {@link attemptValues}. */
export const attemptColumns = {
  delivery_id: "text",
  subscription_id: "text",
  url: "text",
  task_id: "text",
  event: "text",
  attempt: "integer",
  replays: "integer",
  outcome: "text",
  started_ms: "bigint",
  elapsed_ms: "double precision",
  status: "smallint",
  address: "text",
  error: "text",
  reason: "text",
  response: "text",
} as const;

/** Values of the columns of a new delivery. */
export const newValues = (one: NewDelivery): readonly Cell[] => [
  one.id,
  one.subscriptionId,
  one.url,
  one.taskId,
  one.event,
  one.body,
  one.orderKey,
  one.batchSize,
  one.batchMs,
  one.createdMs,
  one.expiresMs,
];

/** Values of the columns of an attempt. */
export const attemptValues = (one: Attempt): readonly Cell[] => [
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

/** Values of many rows as one array for each column. */
export const columnsOf = (count: number, rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] =>
  Array.from({ length: count }, (_, index) => rows.map((row) => row[index] ?? null));

/** `unnest` of an array for each column, with the place of each row as `ord`. */
export function unnested(types: readonly string[], names: string, first: number): string {
  const arrays = types.map((type, index) => `$${first + index}::${type}[]`);
  return `unnest(${arrays.join(", ")}) WITH ORDINALITY AS given (${names}, ord)`;
}

const wrong = (member: string, text: string) =>
  new AsapError("asap:state/invalid_record", {
    message: `${member} of a ${recordName} ${text}.`,
    data: { record: recordName, validation_errors: [{ loc: [member], type: "value_error", msg: `Input ${text}` }] },
  });

/**
 * Checks a delivery that is to be stored.
 *
 * @throws AsapError `asap:state/invalid_record`.
 */
export function checkedDelivery<One extends NewDelivery>(one: One): One {
  checkedId(recordName, "id", one.id, longestDeliveryId);
  checkedId(recordName, "subscriptionId", one.subscriptionId);
  checkedId(recordName, "url", one.url, longestUrl);
  checkedId(recordName, "taskId", one.taskId);
  if (one.orderKey !== null) checkedId(recordName, "orderKey", one.orderKey);
  if (!isStorable(one.body)) throw wrong("body", "holds what cannot be stored");
  for (const member of ["batchSize", "batchMs", "createdMs", "expiresMs"] as const) {
    const value = one[member];
    if (value !== null && !Number.isSafeInteger(value)) throw wrong(member, "is no whole number");
  }
  if (one.batchSize < 1) throw wrong("batchSize", "is less than 1");
  return one;
}

const newOf = (row: NewRow): NewDelivery => ({
  id: row.id,
  subscriptionId: row.subscription_id,
  url: row.url,
  taskId: row.task_id,
  event: row.event as EventName,
  body: row.body,
  orderKey: row.order_key,
  batchSize: Number(row.batch_size),
  batchMs: Number(row.batch_ms),
  createdMs: Number(row.created_ms),
  expiresMs: row.expires_ms === null ? null : Number(row.expires_ms),
});

export const deliveryOf = (row: DeliveryRow): Delivery => ({
  ...newOf(row),
  state: row.fence === null ? "pending" : "leased",
  attempts: Number(row.attempts),
  replays: Number(row.replays),
  dueMs: Number(row.due_ms),
});

export const claimedOf = (row: DeliveryRow): ClaimedDelivery => ({
  ...newOf(row),
  fence: Number(row.fence),
  attempt: Number(row.attempts),
  replays: Number(row.replays),
});

export const deadOf = (row: DeadRow): DeadLetter => ({
  ...newOf(row),
  attempts: Number(row.attempts),
  replays: Number(row.replays),
  diedMs: Number(row.died_ms),
  reason: row.reason,
  status: Number(row.status),
});

export const attemptOf = (row: AttemptRow): Attempt => ({
  deliveryId: row.delivery_id,
  subscriptionId: row.subscription_id,
  url: row.url,
  taskId: row.task_id,
  event: row.event as EventName,
  attempt: Number(row.attempt),
  replays: Number(row.replays),
  outcome: row.outcome as Attempt["outcome"],
  startedMs: Number(row.started_ms),
  elapsedMs: Number(row.elapsed_ms),
  status: Number(row.status),
  address: row.address,
  error: row.error,
  reason: row.reason,
  response: row.response,
});

/** Conditions of a filter; `time` is the column of its span. */
export function conditionsOf(
  { url, subscriptionId, taskId, event, fromMs, toMs }: DeliveryFilter,
  time: string,
): readonly Condition[] {
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ["url = ?", url],
    ["subscription_id = ?", subscriptionId],
    ["task_id = ?", taskId],
    ["event = ?", event],
    [`${time} >= ?`, fromMs],
    [`${time} < ?`, toMs],
  ];
  return all.flatMap(([sql, value]) => (value === undefined ? [] : [[sql, value] as const]));
}
