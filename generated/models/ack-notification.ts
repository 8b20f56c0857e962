// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
