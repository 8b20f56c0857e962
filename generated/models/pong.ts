// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Answer to an application ping.
 * Defined in `jsonrpc/pong.schema.json`.
 */
export type Pong = {
  /** Always `pong`. */
  type: "pong";
};
