// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
