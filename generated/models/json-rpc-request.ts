// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
