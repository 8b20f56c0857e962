// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Asks an agent for a resource of the Model Context Protocol.
 * Defined in `payloads/mcp-resource-fetch.schema.json`.
 */
export type McpResourceFetch = {
  /** Resource wanted. */
  resource_uri: string;
};
