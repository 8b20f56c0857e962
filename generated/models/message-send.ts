// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
