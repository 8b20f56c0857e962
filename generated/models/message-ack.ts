// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
