import type { Task } from "../../../generated/models.js";
import { timestampMs } from "../../freshness.js";
import { corrupt, stored, wholeMs } from "../records.js";
import { type TaskRow, taskOf } from "../task-row.js";
import type { TaskRecord } from "../task-store.js";
import { backend } from "./faults.js";

/** What scripts read of a task, all of it texts; members that are null are absent. */
type TaskHead = Readonly<Record<string, string>>;

/** A row of a task as scripts give it. */
export type StoredTask = readonly [
  id: string,
  head: string | null,
  task: string | null,
  request: string | null,
  answer: string | null,
];

/** Above all moments that a timestamp can name, in milliseconds since 1970. */
const latestMs = 1e15;

/** A moment as 16 digits that sort the latest first. */
export const placeOf = (ms: number): string => String(latestMs - ms).padStart(16, "0");

/** What of a head its task decides. */
export function headOfTask({ conversation_id, status, created_at, updated_at }: Task): TaskHead {
  const createdMs = timestampMs(created_at);
  return {
    conversation: conversation_id,
    status,
    place: placeOf(createdMs),
    created_ms: String(createdMs),
    updated_ms: String(timestampMs(updated_at)),
  };
}

/** The head of a record. */
export function headOf(record: TaskRecord): TaskHead {
  const { task, agent, owner, version, envelopeId, idempotencyKey, deadlineMs, lease } = record;
  return {
    ...headOfTask(task),
    agent,
    owner,
    version: String(version),
    ...(envelopeId !== null && { envelope: envelopeId }),
    ...(idempotencyKey !== null && { key: idempotencyKey }),
    ...(deadlineMs !== null && { deadline_ms: String(wholeMs(deadlineMs)) }),
    ...(lease !== null && { held_by: lease.holder, held_until_ms: String(wholeMs(lease.untilMs)) }),
  };
}

function readHead(id: string, text: string): Readonly<Record<string, string | undefined>> & { owner: string } {
  const head = stored(backend, text);
  if (typeof head === "object" && head !== null) {
    const { owner, version } = head as { owner?: unknown; version?: unknown };
    if (typeof owner === "string" && Number.isInteger(Number(version))) return head as { owner: string };
  }
  throw corrupt(backend, `the head of task ${id} is damaged`);
}

/** Columns of a stored task. */
export function rowOf([id, text, task, request, answer]: StoredTask): TaskRow {
  if (text === null || task === null) throw corrupt(backend, `a part of task ${id} is gone`);
  const head = readHead(id, text);
  return {
    id,
    agent: head["agent"] ?? "",
    owner: head.owner,
    conversation_id: head["conversation"] ?? "",
    status: head["status"] ?? "",
    version: head["version"] ?? "",
    task,
    envelope_id: head["envelope"] ?? null,
    idempotency_key: head["key"] ?? null,
    request,
    answer,
    deadline_ms: head["deadline_ms"] ?? null,
    lease_holder: head["held_by"] ?? null,
    lease_until_ms: head["held_until_ms"] ?? null,
    created_ms: head["created_ms"] ?? "",
    updated_ms: head["updated_ms"] ?? "",
  };
}

/** The record that a row holds; undefined for none. */
export const recordOf = (row: StoredTask | null): TaskRecord | undefined =>
  row === null ? undefined : taskOf(backend, rowOf(row));
