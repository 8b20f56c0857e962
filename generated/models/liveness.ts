// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Body of `/health` and `/ready`: the process answers.
 * Defined in `discovery/liveness.schema.json`.
 */
export type Liveness = {
  /** Always `ok`. */
  status: "ok";
};
