// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
