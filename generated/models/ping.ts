// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Application ping of a WebSocket server, every 30 seconds; the client answers with a pong.
 * Defined in `jsonrpc/ping.schema.json`.
 */
export type Ping = {
  /** Always `ping`. */
  type: "ping";
};
