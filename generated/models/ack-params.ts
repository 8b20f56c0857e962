// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
