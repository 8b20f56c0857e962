// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * Application ping of a WebSocket server, every 30 seconds; the client answers with a pong.
 * Defined in `jsonrpc/ping.schema.json`.
 */
export type Ping = {
  /** Always `ping`. */
  type: "ping";
};
