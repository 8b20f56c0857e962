// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { Timestamp } from "./timestamp.js";

/**
 * The state of a task at one moment.
 * Defined in `entities/state-snapshot.schema.json`.
 */
export type StateSnapshot = {
  /** Identifier of the snapshot. */
  id: string;
  /** Task this is about. */
  task_id: string;
  /** Number of the snapshot within its task, from 1. */
  version: number;
  /** The state. */
  data: { [k: string]: unknown };
  /** Whether the task may be taken up again from here. */
  checkpoint?: boolean;
  /** When it was taken. */
  created_at: Timestamp;
};
