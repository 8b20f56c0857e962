// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
