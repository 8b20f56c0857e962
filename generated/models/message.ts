// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
