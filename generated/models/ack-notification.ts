// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
