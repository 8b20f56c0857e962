// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

import type { Envelope } from "./envelope.js";

/**
 * Result of `asap.send`: the envelope that answers.
 * Defined in `jsonrpc/send-result.schema.json`.
 */
export type SendResult = {
  /** The answer. */
  envelope: Envelope;
};
