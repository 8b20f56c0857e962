// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:66a4267de03ebcc83d85fa05bf807a86d7ffd32571c3ae7ea59b039f2e6716c8

/**
 * Asks an agent for a resource of the Model Context Protocol.
 * Defined in `payloads/mcp-resource-fetch.schema.json`.
 */
export type McpResourceFetch = {
  /** Resource wanted. */
  resource_uri: string;
};
