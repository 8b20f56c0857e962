// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
