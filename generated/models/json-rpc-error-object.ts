// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * What went wrong, for programs (`code`, `data`) and for people (`message`).
 * Defined in `jsonrpc/error-object.schema.json`.
 */
export type JsonRpcErrorObject = {
  /** Error code: -32700 to -32600 as JSON-RPC 2.0 defines them, 429 when a rate limit refused the request. */
  code: number;
  /** Short text of the code. */
  message: string;
  /**
   * Detail: `error` in words, `validation_errors` for faults in the document, `code`, `message` and `details` of an
   * ASAP error.
   */
  data?: { [k: string]: unknown } | null;
};
