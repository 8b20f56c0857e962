// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
