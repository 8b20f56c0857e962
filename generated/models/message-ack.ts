// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
