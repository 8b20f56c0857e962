// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Asks an agent for a resource of the Model Context Protocol.
 * Defined in `payloads/mcp-resource-fetch.schema.json`.
 */
export type McpResourceFetch = {
  /** Resource wanted. */
  resource_uri: string;
};
