// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
