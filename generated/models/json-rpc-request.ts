// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
