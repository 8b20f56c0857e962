import assert from "node:assert/strict";
import type { Task, TaskStatus } from "../../../generated/models.js";
import type { NewTask, TaskRecord, TaskStore } from "../task-store.js";

/** When the first tasks are made, in milliseconds since 1970. */
export const startMs = Date.UTC(2026, 0, 1);
/** Whose tasks they are unless told otherwise. */
export const agentId = "urn:asap:agent:worker";

/** A task. */
export const task = (id: string, status: TaskStatus = "submitted", minute = 0): Task => ({
  id,
  conversation_id: "conversation",
  parent_task_id: null,
  status,
  depth: 0,
  progress: null,
  created_at: new Date(startMs + minute * 60_000).toISOString(),
  updated_at: new Date(startMs + minute * 60_000).toISOString(),
});

/** A task to create. */
export const fresh = (id: string, more: Partial<NewTask> = {}): NewTask => ({
  task: task(id),
  agent: agentId,
  owner: "urn:asap:agent:client",
  envelopeId: `envelope-${id}`,
  idempotencyKey: null,
  request: '{"id":"1"}',
  answer: null,
  deadlineMs: null,
  ...more,
});

/** A task as it is stored. */
export const record = (id: string, status: TaskStatus, minute = 0): TaskRecord => ({
  ...fresh(id),
  task: task(id, status, minute),
  version: 3,
  lease: null,
});

/** Ids of tasks. */
export const idsOf = (records: readonly TaskRecord[]): string[] => records.map((each) => each.task.id);

/** Creates a task that is not there yet. */
export async function created(tasks: TaskStore, given: NewTask): Promise<TaskRecord> {
  const { outcome, record: made } = await tasks.create(given);
  assert.equal(outcome, "created");
  return made;
}
