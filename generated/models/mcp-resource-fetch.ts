// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

/**
 * Asks an agent for a resource of the Model Context Protocol.
 * Defined in `payloads/mcp-resource-fetch.schema.json`.
 */
export type McpResourceFetch = {
  /** Resource wanted. */
  resource_uri: string;
};
