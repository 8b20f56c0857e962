// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

import type { JsonRpcId } from "./json-rpc-id.js";
import type { SendResult } from "./send-result.js";

/**
 * A successful JSON-RPC 2.0 response. It has no `error` member, not even null: peers take the presence of the key for
 * failure.
 * Defined in `jsonrpc/success.schema.json`.
 */
export type JsonRpcSuccess = {
  /** Version of JSON-RPC, always `2.0`. */
  jsonrpc: "2.0";
  /** What the method returned. */
  result: SendResult;
  /** Id of the request; null on a message pushed by the server. */
  id: JsonRpcId | null;
};
