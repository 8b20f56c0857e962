// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Asks an agent for a resource of the Model Context Protocol.
 * Defined in `payloads/mcp-resource-fetch.schema.json`.
 */
export type McpResourceFetch = {
  /** Resource wanted. */
  resource_uri: string;
};
