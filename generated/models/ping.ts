// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Application ping of a WebSocket server, every 30 seconds; the client answers with a pong.
 * Defined in `jsonrpc/ping.schema.json`.
 */
export type Ping = {
  /** Always `ping`. */
  type: "ping";
};
