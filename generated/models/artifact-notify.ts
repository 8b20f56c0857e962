// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
