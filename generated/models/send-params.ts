// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { Envelope } from "./envelope.js";

/**
 * Parameters of `asap.send`. Members other than these are ignored.
 * Defined in `jsonrpc/send-params.schema.json`.
 */
export type SendParams = {
  /** The message to deliver. */
  envelope: Envelope;
  /** The same for every attempt at one send; the receiver answers a repeat from what it stored. */
  idempotency_key?: string | null;
};
