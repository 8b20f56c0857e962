// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { JsonRpcErrorObject } from "./json-rpc-error-object.js";
import type { JsonRpcId } from "./json-rpc-id.js";

/**
 * A failed JSON-RPC 2.0 response.
 * Defined in `jsonrpc/error.schema.json`.
 */
export type JsonRpcFailure = {
  /** Version of JSON-RPC, always `2.0`. */
  jsonrpc: "2.0";
  /** What went wrong. */
  error: JsonRpcErrorObject;
  /** Id of the request, null when it could not be read. */
  id: JsonRpcId | null;
};
