// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

import type { AckStatus } from "./ack-status.js";

/**
 * Acknowledges an envelope.
 * Defined in `payloads/message-ack.schema.json`.
 */
export type MessageAck = {
  /** Id of the envelope that is acknowledged. */
  original_envelope_id: string;
  /** What became of it. */
  status: AckStatus;
  /** Why it was rejected. */
  error?: string | null;
};
