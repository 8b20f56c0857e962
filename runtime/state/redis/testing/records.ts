import type { StateSnapshot, Task, TaskStatus, UsageEvent } from "../../../../generated/models.js";
import type { NewTask } from "../../task-store.js";

const at = "2026-01-01T00:00:00+00:00";

/** A snapshot to save. */
export const snapshotOf = (taskId: string, version = 1, data: StateSnapshot["data"] = {}): StateSnapshot => ({
  id: `snapshot-${version}`,
  task_id: taskId,
  version,
  data,
  checkpoint: false,
  created_at: at,
});

/** An event to record. */
export const eventOf = (taskId: string, more: Partial<UsageEvent> = {}): UsageEvent => ({
  task_id: taskId,
  agent_id: "agent",
  consumer_id: "consumer",
  metrics: { tokens_in: 1, tokens_out: 2, duration_ms: 3, api_calls: 4 },
  timestamp: at,
  ...more,
});

/** A task. */
export const taskOf = (id: string, status: TaskStatus = "submitted"): Task => ({
  id,
  conversation_id: "conversation",
  parent_task_id: null,
  status,
  depth: 0,
  progress: null,
  created_at: at,
  updated_at: at,
});

/** A task to create. */
export const newTaskOf = (id: string, more: Partial<NewTask> = {}): NewTask => ({
  task: taskOf(id),
  agent: "agent",
  owner: "owner",
  envelopeId: `envelope-${id}`,
  idempotencyKey: null,
  request: "{}",
  answer: null,
  deadlineMs: null,
  ...more,
});
