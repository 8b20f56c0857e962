// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
