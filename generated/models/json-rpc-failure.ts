// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
