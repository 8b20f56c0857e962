// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
