// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
