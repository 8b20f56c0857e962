// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

/**
 * Identifier that ties a response to its request: a string or an integer.
 * Defined in `jsonrpc/id.schema.json`.
 */
export type JsonRpcId = string | number;
