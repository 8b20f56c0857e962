// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
