// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { Envelope } from "./envelope.js";

/**
 * Parameters of the `asap.ack` notification.
 * Defined in `jsonrpc/ack-params.schema.json`.
 */
export type AckParams = {
  /** An envelope whose payload is a MessageAck. */
  envelope: Envelope;
};
