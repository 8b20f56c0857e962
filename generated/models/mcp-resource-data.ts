// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

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
