// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
