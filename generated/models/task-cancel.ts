// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
