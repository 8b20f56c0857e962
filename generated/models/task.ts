// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { TaskStatus } from "./task-status.js";
import type { Timestamp } from "./timestamp.js";

/**
 * A piece of work an agent carries out.
 * Defined in `entities/task.schema.json`.
 */
export type Task = {
  /** Identifier of the task. */
  id: string;
  /** Conversation it belongs to. */
  conversation_id: string;
  /** Task it is a part of, if any. */
  parent_task_id?: string | null;
  /** Where it stands. */
  status: TaskStatus;
  /** How many tasks it is nested in. */
  depth?: number;
  /** How far it is. */
  progress?: { [k: string]: unknown } | null;
  /** When it was made. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
};
