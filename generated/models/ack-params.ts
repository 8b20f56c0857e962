// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
