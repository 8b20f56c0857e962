// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:ec6b36d1e78fa8bd572ddde9f9205ae0f63ee9d11e5ae4808457093cebbb20f4

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
