// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

import type { Envelope } from "./envelope.js";

/**
 * Result of `asap.send`: the envelope that answers.
 * Defined in `jsonrpc/send-result.schema.json`.
 */
export type SendResult = {
  /** The answer. */
  envelope: Envelope;
};
