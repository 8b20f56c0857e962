// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:ec6b36d1e78fa8bd572ddde9f9205ae0f63ee9d11e5ae4808457093cebbb20f4

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
