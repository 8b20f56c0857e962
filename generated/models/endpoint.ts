// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Where an agent is reached.
 * Defined in `entities/endpoint.schema.json`.
 */
export type Endpoint = {
  /** URL of the JSON-RPC endpoint, by convention ending in `/asap`. */
  asap: string;
  /** URL of the WebSocket endpoint, by convention ending in `/asap/ws`. */
  events?: string | null;
};
