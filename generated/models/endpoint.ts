// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
