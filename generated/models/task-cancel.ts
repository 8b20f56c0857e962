// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Asks an agent to give up a task.
 * Defined in `payloads/task-cancel.schema.json`.
 */
export type TaskCancel = {
  /** Task to give up. */
  task_id: string;
  /** Why, for people. */
  reason?: string | null;
};
