// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
