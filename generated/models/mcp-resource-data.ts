// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

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
