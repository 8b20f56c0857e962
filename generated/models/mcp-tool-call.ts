// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * Calls a tool of the Model Context Protocol through an agent.
 * Defined in `payloads/mcp-tool-call.schema.json`.
 */
export type McpToolCall = {
  /** Chosen by the caller and echoed by the result. */
  request_id: string;
  /** Tool to call. */
  tool_name: string;
  /** Arguments of the tool. */
  arguments: { [k: string]: unknown };
  /** Context to hand to the tool server. */
  mcp_context?: { [k: string]: unknown } | null;
};
