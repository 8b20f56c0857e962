// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
