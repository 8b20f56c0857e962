// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

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
