// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
