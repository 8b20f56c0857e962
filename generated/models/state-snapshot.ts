// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
