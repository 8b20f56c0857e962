// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
