// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
