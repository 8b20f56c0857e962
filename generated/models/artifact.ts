// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
