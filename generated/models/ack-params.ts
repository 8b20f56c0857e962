// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
