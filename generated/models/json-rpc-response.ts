// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
