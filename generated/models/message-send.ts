// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
