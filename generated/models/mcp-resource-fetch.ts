// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Asks an agent for a resource of the Model Context Protocol.
 * Defined in `payloads/mcp-resource-fetch.schema.json`.
 */
export type McpResourceFetch = {
  /** Resource wanted. */
  resource_uri: string;
};
