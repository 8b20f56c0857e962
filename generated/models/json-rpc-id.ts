// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Identifier that ties a response to its request: a string or an integer.
 * Defined in `jsonrpc/id.schema.json`.
 */
export type JsonRpcId = string | number;
