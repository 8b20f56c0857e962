// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
