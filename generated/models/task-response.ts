// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
