// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
