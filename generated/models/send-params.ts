// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
