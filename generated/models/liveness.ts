// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Body of `/health` and `/ready`: the process answers.
 * Defined in `discovery/liveness.schema.json`.
 */
export type Liveness = {
  /** Always `ok`. */
  status: "ok";
};
