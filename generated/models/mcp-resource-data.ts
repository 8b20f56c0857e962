// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Answers a resource fetch.
 * Defined in `payloads/mcp-resource-data.schema.json`.
 */
export type McpResourceData = {
  /** Resource this is. */
  resource_uri: string;
  /** Content of the resource. */
  content: { [k: string]: unknown };
};
