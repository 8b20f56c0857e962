// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
