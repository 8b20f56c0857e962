// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
