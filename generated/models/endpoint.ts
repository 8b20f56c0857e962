// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
