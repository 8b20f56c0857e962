import type { Validator } from "../../generated/contract.js";
import type { StateSnapshot, Task, UsageEvent } from "../../generated/models.js";
import { validateStateSnapshot } from "../../generated/validators/state-snapshot.js";
import { validateTask } from "../../generated/validators/task.js";
import { validateUsageEvent } from "../../generated/validators/usage-event.js";
import { AsapError } from "../error.js";
import { timestampMs } from "../freshness.js";
import { issuesOf } from "../validation.js";
import type { NewTask, TaskRecord } from "./task-store.js";

/** Kinds of record, as errors name them. */
export type RecordName = "StateSnapshot" | "UsageEvent" | "Task" | "Nonce" | "WebhookDelivery" | "WebhookSubscription";

/** Longest id, owner or key, in bytes of UTF-8: two of them fit into one entry of an index everywhere. */
export const longestId = 1_024;

/** Longest id of an agent, in bytes of UTF-8: it fits into an entry of an index beside two other ids. */
export const longestAgentId = 256;

/** Largest record by default, in bytes of its JSON text. */
export const largestRecord = 10_485_760;

function checked<Model>(name: RecordName, validate: Validator<Model>, value: unknown): Model {
  if (validate(value)) return value;
  throw new AsapError("asap:state/invalid_record", {
    message: `The record is no ${name}.`,
    data: { record: name, validation_errors: issuesOf(validate.errors, []) },
  });
}

/** Whether every backend can hold a text: well formed, without NUL. */
export const isStorable = (text: string): boolean => !text.includes("\0") && !/\p{Surrogate}/u.test(text);

/** Whether records can be found by a text: 1 to 1,024 bytes of UTF-8 by default, well formed, without NUL. */
export const isId = (id: string, longest = longestId): boolean =>
  id !== "" && id.length <= longest && Buffer.byteLength(id) <= longest && isStorable(id);

/**
 * Checks a text that records are found by: at least one byte of UTF-8, well formed, without NUL.
 *
 * @param longest Most bytes. Default: 1,024.
 * @throws AsapError `asap:state/invalid_record`.
 */
export function checkedId(name: RecordName, member: string, id: string, longest = longestId): string {
  if (isId(id, longest)) return id;
  throw new AsapError("asap:state/invalid_record", {
    message: `${member} of a ${name} must be 1 to ${longest} bytes of well-formed text without NUL.`,
    data: { record: name, validation_errors: [{ loc: [member], type: "value_error", msg: "Input cannot be an id" }] },
  });
}

const alreadyStored = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?!0{6})\d{6})?\+00:00$/;
const milliseconds = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{3}))?Z$/;

/** A moment as it is stored: UTC, microseconds where there are any, and `+00:00`, so that its text sorts by time. */
export function storedTime(timestamp: string): string {
  if (alreadyStored.test(timestamp)) return timestamp;
  const [, seconds, ms = "000"] = milliseconds.exec(timestamp) ?? [];
  if (seconds !== undefined) return ms === "000" ? `${seconds}+00:00` : `${seconds}.${ms}000+00:00`;
  const whole = new Date(Math.floor(timestampMs(timestamp) / 1_000) * 1_000).toISOString().slice(0, 19);
  const fraction = /\.(\d{1,6})/.exec(timestamp)?.[1]?.padEnd(6, "0") ?? "000000";
  return fraction === "000000" ? `${whole}+00:00` : `${whole}.${fraction}+00:00`;
}

/** A moment in milliseconds since 1970 as it is stored. */
export const storedMs = (ms: number): string => storedTime(new Date(ms).toISOString());

/** A number of milliseconds that a column can hold: whole, so that what is less than it stays less. */
export const wholeMs = (ms: number): number =>
  Math.min(Math.max(Math.ceil(ms), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);

/**
 * JSON text of what a record holds.
 *
 * @throws AsapError `asap:state/invalid_record` for what JSON cannot hold, `asap:state/too_large`.
 */
export function recordText(name: RecordName, value: unknown, maxBytes: number): string {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    throw new AsapError("asap:state/invalid_record", { data: { record: name, validation_errors: [] } });
  }
  checkedSize(name, text, maxBytes);
  return text;
}

/** @throws AsapError `asap:state/too_large`. */
export function checkedSize(name: RecordName, text: string, maxBytes: number): void {
  if (text.length * 3 <= maxBytes) return;
  const size = Buffer.byteLength(text);
  if (size <= maxBytes) return;
  throw new AsapError("asap:state/too_large", {
    message: `The ${name} is ${size} bytes long; the store takes ${maxBytes}.`,
    data: { record: name, size, max_size: maxBytes },
  });
}

/** Columns of a snapshot. */
export interface SnapshotRow {
  readonly task_id: string;
  readonly id: string;
  readonly version: number;
  /** JSON text. */
  readonly data: string;
  /** 1 or 0. */
  readonly checkpoint: number;
  readonly created_at: string;
}

/** @throws AsapError `asap:state/invalid_record`, `asap:state/too_large`. */
export function snapshotRow(snapshot: StateSnapshot, maxBytes = largestRecord): SnapshotRow {
  const { id, task_id, version, data, checkpoint, created_at } = checked(
    "StateSnapshot",
    validateStateSnapshot,
    snapshot,
  );
  return {
    task_id: checkedId("StateSnapshot", "task_id", task_id),
    id: checkedId("StateSnapshot", "id", id),
    version,
    data: recordText("StateSnapshot", data, maxBytes),
    checkpoint: checkpoint === true ? 1 : 0,
    created_at: storedTime(created_at),
  };
}

/**
 * The snapshot that a row holds.
 *
 * @throws AsapError `asap:state/corrupt`.
 */
export function snapshotOf(backend: string, row: SnapshotRow): StateSnapshot {
  const { id, task_id, data, created_at } = row;
  const snapshot: unknown = {
    id,
    task_id,
    version: Number(row.version),
    data: stored(backend, data),
    checkpoint: Number(row.checkpoint) === 1,
    created_at,
  };
  if (validateStateSnapshot(snapshot)) return { ...snapshot, created_at: storedTime(created_at) };
  throw corrupt(backend, `a snapshot of task ${task_id} does not fit its schema`);
}

/**
 * Reads JSON text of a row.
 *
 * @throws AsapError `asap:state/corrupt`.
 */
export function stored(backend: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(backend, "a record holds no JSON");
  }
}

/** What a store holds cannot be read. */
export const corrupt = (backend: string, reason: string, cause?: unknown): AsapError =>
  new AsapError("asap:state/corrupt", {
    message: `The ${backend} store cannot be read: ${reason}.`,
    data: { backend, reason },
    cause,
  });

/** A store that is not reached, or cannot write. */
export const unavailable = (backend: string, reason: string, cause?: unknown): AsapError =>
  new AsapError("asap:state/unavailable", {
    message: `The ${backend} store cannot be used: ${reason}.`,
    data: { backend, reason },
    cause,
  });

/** @throws AsapError `asap:state/invalid_record`. */
export function checkedEvent(event: UsageEvent): UsageEvent {
  const { task_id, agent_id, consumer_id, metrics, timestamp } = checked("UsageEvent", validateUsageEvent, event);
  const { tokens_in = 0, tokens_out = 0, duration_ms = 0, api_calls = 0 } = metrics;
  return {
    task_id: checkedId("UsageEvent", "task_id", task_id),
    agent_id: checkedId("UsageEvent", "agent_id", agent_id),
    consumer_id: checkedId("UsageEvent", "consumer_id", consumer_id),
    metrics: { tokens_in, tokens_out, duration_ms, api_calls },
    timestamp: storedTime(timestamp),
  };
}

/**
 * Checks a task that is to be stored, and what is stored with it, all but the size of the task itself.
 *
 * @throws AsapError `asap:state/invalid_record`, `asap:state/too_large`.
 */
export function checkTask(record: TaskRecord | NewTask, maxBytes = largestRecord): void {
  const { task, agent, owner, envelopeId, idempotencyKey, request, answer, deadlineMs } = record;
  checkTaskItself(task);
  if (agent !== "") checkedId("Task", "agent", agent, longestAgentId);
  checkedId("Task", "owner", owner);
  if (envelopeId !== null) checkedId("Task", "envelopeId", envelopeId);
  if (idempotencyKey !== null) checkedId("Task", "idempotencyKey", idempotencyKey);
  for (const text of [request, answer]) if (text !== null) checkedSize("Task", text, maxBytes);
  if (deadlineMs === null || !Number.isNaN(deadlineMs)) return;
  throw new AsapError("asap:state/invalid_record", {
    message: "deadlineMs of a Task must be a number.",
    data: { record: "Task", validation_errors: [{ loc: ["deadlineMs"], type: "value_error", msg: "Input is NaN" }] },
  });
}

/** @throws AsapError `asap:state/invalid_record`. */
export function checkTaskItself(task: Task): void {
  checked("Task", validateTask, task);
  checkedId("Task", "id", task.id);
  if (task.conversation_id !== "") checkedId("Task", "conversation_id", task.conversation_id);
}

/**
 * JSON text of the task of a record that is to be stored, which is checked.
 *
 * @throws AsapError `asap:state/invalid_record`, `asap:state/too_large`.
 */
export function taskText(record: TaskRecord | NewTask, maxBytes: number): string {
  checkTask(record, maxBytes);
  return recordText("Task", record.task, maxBytes);
}
