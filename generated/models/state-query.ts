// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
