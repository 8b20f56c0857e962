// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
