// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
