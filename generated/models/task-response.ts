// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { TaskStatus } from "./task-status.js";

/**
 * Answers a task request with the state of the task and, when it is done, its result.
 * Defined in `payloads/task-response.schema.json`.
 */
export type TaskResponse = {
  /** Identifier the agent gave the task. */
  task_id: string;
  /** Where the task stands; it need not be final. */
  status: TaskStatus;
  /** Output of the skill. */
  result?: { [k: string]: unknown } | null;
  /** State the task ended in, for agents that keep one. */
  final_state?: { [k: string]: unknown } | null;
  /** What the task cost. Keys in use: `duration_ms`, `tokens_used`. */
  metrics?: { [k: string]: unknown } | null;
};
