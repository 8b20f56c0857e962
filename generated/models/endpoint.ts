// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
