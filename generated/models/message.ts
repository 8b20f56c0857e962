// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
