// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { AckParams } from "./ack-params.js";

/**
 * Notification by which a WebSocket server acknowledges an envelope before it answers it. It has no id.
 * Defined in `jsonrpc/ack-notification.schema.json`.
 */
export type AckNotification = {
  /** Version of JSON-RPC, always `2.0`. */
  jsonrpc: "2.0";
  /** Always `asap.ack`. */
  method: "asap.ack";
  /** The acknowledgement. */
  params: AckParams;
};
