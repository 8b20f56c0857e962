// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

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
