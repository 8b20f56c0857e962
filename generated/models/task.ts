// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
