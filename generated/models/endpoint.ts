// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
