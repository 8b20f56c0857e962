// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
