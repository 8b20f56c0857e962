// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
