// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Asks an agent to take a task up again from a saved state.
 * Defined in `payloads/state-restore.schema.json`.
 */
export type StateRestore = {
  /** Task this is about. */
  task_id: string;
  /** Snapshot to start from. */
  snapshot_id: string;
};
