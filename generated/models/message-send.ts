// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { MessageRole } from "./message-role.js";

/**
 * Adds a message to the conversation of a task.
 * Defined in `payloads/message-send.schema.json`.
 */
export type MessageSend = {
  /** Task this is about. */
  task_id: string;
  /** Identifier of the message. */
  message_id: string;
  /** Who wrote the message; any name, not only an agent URN. */
  sender: string;
  /** In which role. */
  role: MessageRole;
  /** Ids of the message's parts, in order; may be empty. The parts themselves travel elsewhere. */
  parts: string[];
};
