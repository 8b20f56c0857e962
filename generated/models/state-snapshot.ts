// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
