// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { TaskStatus } from "./task-status.js";
import type { UpdateType } from "./update-type.js";

/**
 * Reports on a task while it runs.
 * Defined in `payloads/task-update.schema.json`.
 */
export type TaskUpdate = {
  /** Task this is about. */
  task_id: string;
  /** What is reported. */
  update_type: UpdateType;
  /** Where the task stands. */
  status: TaskStatus;
  /**
   * How far the task is. Keys in use: `percent` (a number from 0 to 100; a boolean counts as a number), `message`,
   * `eta_seconds`.
   */
  progress?: {
    /** Share of the work done. */
    percent?: number | boolean;
    [k: string]: unknown;
  } | null;
  /** What the agent needs to go on. */
  input_request?: { [k: string]: unknown } | null;
};
