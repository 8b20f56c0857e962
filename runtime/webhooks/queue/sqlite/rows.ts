import type { EventName } from "../../../../generated/models.js";
import type { Attempt, AttemptFacts, DeadLetter, Delivery, NewDelivery } from "../../delivery.js";

/*
 * What no statement looks for is in one text, `head` or `record`, as a JSON array: a row of few columns is written in half
 * the time.
 */

type Head = readonly [
  subscriptionId: string,
  url: string,
  taskId: string,
  event: EventName,
  orderKey: string | null,
  batchSize: number,
  batchMs: number,
  createdMs: number,
  expiresMs: number | null,
];

/** Path of the expiry in a head. */
export const expiryInHead = "$[8]";

/** What a delivery has beside its id and its body, as it is stored. */
export const headOf = (one: NewDelivery): string => {
  const { subscriptionId, url, taskId, event, orderKey, batchSize, batchMs, createdMs, expiresMs } = one;
  const head: Head = [subscriptionId, url, taskId, event, orderKey, batchSize, batchMs, createdMs, expiresMs];
  return JSON.stringify(head);
};

/** What a head tells. */
export function readHead(text: string): Omit<NewDelivery, "id" | "body"> {
  const head = JSON.parse(text) as Head;
  const [subscriptionId, url, taskId, event, orderKey, batchSize, batchMs, createdMs, expiresMs] = head;
  return { subscriptionId, url, taskId, event, orderKey, batchSize, batchMs, createdMs, expiresMs };
}

interface NewRow {
  readonly id: string;
  readonly head: string;
  readonly body: string;
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
export const newOf = ({ id, head, body }: NewRow): NewDelivery => ({ id, body, ...readHead(head) });

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
  readonly started_ms: number;
  readonly task_id: string;
  readonly record: string;
}

type AttemptRecord = readonly [
  deliveryId: string,
  subscriptionId: string,
  url: string,
  event: EventName,
  attempt: number,
  replays: number,
  outcome: Attempt["outcome"],
  elapsedMs: number,
  status: number,
  address: string | null,
  error: string | null,
  reason: string | null,
  response: string | null,
];

/** Path of the time that an attempt took in its record. */
export const elapsedInRecord = "$[7]";

/** Columns of an attempt, in the order of {@link addAttemptValues}. */
export const attemptColumns = "started_ms, task_id, record";
export const valuesOfAttempt = 3;

type Attempted = Pick<NewDelivery, "subscriptionId" | "url" | "taskId" | "event"> &
  Pick<Attempt, "attempt" | "replays">;

/** Adds the values of the columns of an attempt. */
export function addAttemptValues(
  values: (string | number | null)[],
  deliveryId: string,
  { subscriptionId, url, taskId, event, attempt, replays }: Attempted,
  outcome: Attempt["outcome"],
  { startedMs, elapsedMs, status, address, error, reason, response }: AttemptFacts,
): void {
  const tried = [deliveryId, subscriptionId, url, event, attempt, replays, outcome] as const;
  const record: AttemptRecord = [...tried, elapsedMs, status, address, error, reason, response];
  values.push(startedMs, taskId, JSON.stringify(record));
}

/** The attempt of a row. */
export function attemptOfRow({ started_ms: startedMs, task_id: taskId, record }: AttemptRow): Attempt {
  const read = JSON.parse(record) as AttemptRecord;
  const [deliveryId, subscriptionId, url, event, attempt, replays, outcome, elapsedMs, ...rest] = read;
  const [status, address, error, reason, response] = rest;
  const tried = { deliveryId, subscriptionId, url, taskId, event, attempt, replays, outcome };
  return { ...tried, startedMs, elapsedMs, status, address, error, reason, response };
}

/** Marks of as many rows as are given, each of as many values. */
export const marks = (rows: number, values: number): string =>
  Array.from({ length: rows }, () => `(${Array.from({ length: values }, () => "?").join(", ")})`).join(", ");
