// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
