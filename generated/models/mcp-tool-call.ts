// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
