// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
