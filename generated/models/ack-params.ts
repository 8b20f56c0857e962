// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
