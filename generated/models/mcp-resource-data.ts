// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
