// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Answers a tool call: a result on success, an error on failure, never both.
 * Defined in `payloads/mcp-tool-result.schema.json`.
 */
export type McpToolResult = {
  /** Id of the call. */
  request_id: string;
  /** Whether the tool succeeded. */
  success: boolean;
  /** What the tool returned; required on success, absent or null on failure. */
  result?: { [k: string]: unknown } | null;
  /** Why the tool failed; required on failure, absent or null on success. */
  error?: string | null;
};
