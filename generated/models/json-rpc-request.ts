// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
