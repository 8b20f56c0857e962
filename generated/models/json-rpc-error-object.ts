// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
