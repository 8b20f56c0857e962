// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
