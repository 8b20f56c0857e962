// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
