// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
