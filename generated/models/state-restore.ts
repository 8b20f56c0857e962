// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

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
