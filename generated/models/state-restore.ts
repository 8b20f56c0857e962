// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
