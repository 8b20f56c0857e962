// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
