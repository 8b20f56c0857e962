// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
