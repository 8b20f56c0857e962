// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
