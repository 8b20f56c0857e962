// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
