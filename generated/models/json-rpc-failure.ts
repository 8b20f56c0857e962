// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
