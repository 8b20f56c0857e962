// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
