// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
