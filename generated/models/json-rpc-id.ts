// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Identifier that ties a response to its request: a string or an integer.
 * Defined in `jsonrpc/id.schema.json`.
 */
export type JsonRpcId = string | number;
