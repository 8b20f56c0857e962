// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { JsonRpcId } from "./json-rpc-id.js";

/**
 * A JSON-RPC 2.0 request. ASAP has neither notifications from clients nor batches.
 * Defined in `jsonrpc/request.schema.json`.
 */
export type JsonRpcRequest = {
  /** Version of JSON-RPC, always `2.0`. */
  jsonrpc: "2.0";
  /** Method to call; clients call `asap.send`. */
  method: string;
  /** Parameters by name. */
  params: { [k: string]: unknown };
  /** Chosen by the caller and echoed by the response. */
  id: JsonRpcId;
};
