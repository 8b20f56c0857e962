// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
