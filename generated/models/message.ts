// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { MessageRole } from "./message-role.js";
import type { Timestamp } from "./timestamp.js";

/**
 * Something said in a task.
 * Defined in `entities/message.schema.json`.
 */
export type Message = {
  /** Identifier of the message. */
  id: string;
  /** Task it belongs to. */
  task_id: string;
  /** Who wrote it; any name, not only an agent URN. */
  sender: string;
  /** In which role. */
  role: MessageRole;
  /** Ids of its parts, in order. */
  parts: string[];
  /** When it was written. */
  timestamp: Timestamp;
};
