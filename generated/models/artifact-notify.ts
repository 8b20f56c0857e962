// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Tells that a task has produced an artifact.
 * Defined in `payloads/artifact-notify.schema.json`.
 */
export type ArtifactNotify = {
  /** Identifier of the artifact. */
  artifact_id: string;
  /** Task that produced it. */
  task_id: string;
  /** Name of the artifact, for people. */
  name?: string | null;
};
