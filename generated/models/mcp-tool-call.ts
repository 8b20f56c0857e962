// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
