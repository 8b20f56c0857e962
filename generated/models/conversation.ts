// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

import type { Timestamp } from "./timestamp.js";

/**
 * A thread that tasks and messages belong to.
 * Defined in `entities/conversation.schema.json`.
 */
export type Conversation = {
  /** Identifier of the conversation. */
  id: string;
  /** Who takes part. */
  participants: string[];
  /** When it began. */
  created_at: Timestamp;
  /** Free-form facts about it. */
  metadata?: { [k: string]: unknown } | null;
};
