// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Application ping of a WebSocket server, every 30 seconds; the client answers with a pong.
 * Defined in `jsonrpc/ping.schema.json`.
 */
export type Ping = {
  /** Always `ping`. */
  type: "ping";
};
