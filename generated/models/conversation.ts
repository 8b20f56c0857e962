// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
