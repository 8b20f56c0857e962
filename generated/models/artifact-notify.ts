// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
