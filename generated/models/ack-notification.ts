// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:ec6b36d1e78fa8bd572ddde9f9205ae0f63ee9d11e5ae4808457093cebbb20f4

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
