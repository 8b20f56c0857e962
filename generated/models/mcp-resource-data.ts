// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
