// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
