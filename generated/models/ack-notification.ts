// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
