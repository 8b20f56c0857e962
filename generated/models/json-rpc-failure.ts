// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
