// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Body of `/health` and `/ready`: the process answers.
 * Defined in `discovery/liveness.schema.json`.
 */
export type Liveness = {
  /** Always `ok`. */
  status: "ok";
};
