// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

/**
 * Body of `/health` and `/ready`: the process answers.
 * Defined in `discovery/liveness.schema.json`.
 */
export type Liveness = {
  /** Always `ok`. */
  status: "ok";
};
