// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { Timestamp } from "./timestamp.js";

/**
 * Something a task produced.
 * Defined in `entities/artifact.schema.json`.
 */
export type Artifact = {
  /** Identifier of the artifact. */
  id: string;
  /** Task that produced it. */
  task_id: string;
  /** Its name. */
  name: string;
  /** Ids of its parts, in order. */
  parts: string[];
  /** When it was made. */
  created_at: Timestamp;
};
