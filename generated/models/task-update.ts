// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:ec6b36d1e78fa8bd572ddde9f9205ae0f63ee9d11e5ae4808457093cebbb20f4

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
