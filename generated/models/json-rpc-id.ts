// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

/**
 * Identifier that ties a response to its request: a string or an integer.
 * Defined in `jsonrpc/id.schema.json`.
 */
export type JsonRpcId = string | number;
