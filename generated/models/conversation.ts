// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
