// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

import type { JsonRpcFailure } from "./json-rpc-failure.js";
import type { JsonRpcSuccess } from "./json-rpc-success.js";

/**
 * Answer to a JSON-RPC request: a result or an error, never both.
 * Defined in `jsonrpc/response.schema.json`.
 */
export type JsonRpcResponse = JsonRpcSuccess | JsonRpcFailure;
