import { validateTask } from "../../generated/validators/task.js";
import { isAsapError } from "../error.js";
import { timestampMs } from "../freshness.js";
import { corrupt, stored, wholeMs } from "./records.js";
import type { TaskRecord } from "./task-store.js";

/** Columns of a task in a table, by name. */
export interface TaskRow {
  readonly id: string;
  readonly agent: string;
  readonly owner: string;
  readonly conversation_id: string;
  readonly status: string;
  readonly version: number | string;
  /** JSON text. */
  readonly task: string;
  readonly envelope_id: string | null;
  readonly idempotency_key: string | null;
  readonly request: string | null;
  readonly answer: string | null;
  readonly deadline_ms: number | string | null;
  readonly lease_holder: string | null;
  readonly lease_until_ms: number | string | null;
  readonly created_ms: number | string;
  readonly updated_ms: number | string;
}

/** The columns, in the order of {@link taskValues}. */
export const taskColumns: readonly (keyof TaskRow)[] = [
  "id",
  "agent",
  "owner",
  "conversation_id",
  "status",
  "version",
  "task",
  "envelope_id",
  "idempotency_key",
  "request",
  "answer",
  "deadline_ms",
  "lease_holder",
  "lease_until_ms",
  "created_ms",
  "updated_ms",
];

/**
 * Values of the columns of a record.
 *
 * @param text JSON text of its task.
 */
export function taskValues(record: TaskRecord, text: string): readonly (string | number | null)[] {
  const { task, agent, owner, version, envelopeId, idempotencyKey, request, answer, deadlineMs, lease } = record;
  return [
    task.id,
    agent,
    owner,
    task.conversation_id,
    task.status,
    version,
    text,
    envelopeId,
    idempotencyKey,
    request,
    answer,
    deadlineMs === null ? null : wholeMs(deadlineMs),
    lease?.holder ?? null,
    lease === null ? null : wholeMs(lease.untilMs),
    timestampMs(task.created_at),
    timestampMs(task.updated_at),
  ];
}

const numberOf = (value: number | string | null): number | null => (value === null ? null : Number(value));

/**
 * The record that a row holds.
 *
 * @throws AsapError `asap:state/corrupt`.
 */
export function taskOf(backend: string, row: TaskRow): TaskRecord {
  const task = stored(backend, row.task);
  if (!validateTask(task)) throw corrupt(backend, `task ${row.id} does not fit its schema`);
  const untilMs = numberOf(row.lease_until_ms);
  return {
    task,
    agent: row.agent,
    owner: row.owner,
    version: Number(row.version),
    envelopeId: row.envelope_id,
    idempotencyKey: row.idempotency_key,
    request: row.request,
    answer: row.answer,
    deadlineMs: numberOf(row.deadline_ms),
    lease: row.lease_holder === null || untilMs === null ? null : { holder: row.lease_holder, untilMs },
  };
}

/**
 * The records of tasks that were claimed, without those that are damaged.
 *
 * @param recordOf Gives the record of a row, or throws.
 * @throws AsapError `asap:state/corrupt` where there are damaged ones alone.
 */
export function claimedTasks<Row>(rows: readonly Row[], recordOf: (row: Row) => TaskRecord): readonly TaskRecord[] {
  let damage: unknown;
  const records = rows.flatMap((row) => {
    try {
      return [recordOf(row)];
    } catch (cause) {
      if (!isAsapError(cause) || cause.code !== "asap:state/corrupt") throw cause;
      damage = cause;
      return [];
    }
  });
  if (damage !== undefined && records.length === 0) throw damage;
  return records;
}
