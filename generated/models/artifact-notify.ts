// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

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
