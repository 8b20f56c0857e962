// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
