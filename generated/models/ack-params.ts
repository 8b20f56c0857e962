// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
