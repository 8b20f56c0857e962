// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:66a4267de03ebcc83d85fa05bf807a86d7ffd32571c3ae7ea59b039f2e6716c8

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
