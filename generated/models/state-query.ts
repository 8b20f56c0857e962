// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Asks for the saved state of a task.
 * Defined in `payloads/state-query.schema.json`.
 */
export type StateQuery = {
  /** Task this is about. */
  task_id: string;
  /** Version wanted; the latest when absent or null. */
  version?: number | null;
};
