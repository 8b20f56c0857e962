// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
