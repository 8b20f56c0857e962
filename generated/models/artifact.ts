// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
