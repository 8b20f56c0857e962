// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

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
