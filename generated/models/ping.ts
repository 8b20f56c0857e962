// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

/**
 * Application ping of a WebSocket server, every 30 seconds; the client answers with a pong.
 * Defined in `jsonrpc/ping.schema.json`.
 */
export type Ping = {
  /** Always `ping`. */
  type: "ping";
};
