// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Identifier that ties a response to its request: a string or an integer.
 * Defined in `jsonrpc/id.schema.json`.
 */
export type JsonRpcId = string | number;
