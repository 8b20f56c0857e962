// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
