// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Application ping of a WebSocket server, every 30 seconds; the client answers with a pong.
 * Defined in `jsonrpc/ping.schema.json`.
 */
export type Ping = {
  /** Always `ping`. */
  type: "ping";
};
