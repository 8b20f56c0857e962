// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
