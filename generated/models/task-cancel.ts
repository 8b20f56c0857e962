// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
