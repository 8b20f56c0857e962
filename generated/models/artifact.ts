// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
