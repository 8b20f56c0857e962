// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

/**
 * Body of `/health` and `/ready`: the process answers.
 * Defined in `discovery/liveness.schema.json`.
 */
export type Liveness = {
  /** Always `ok`. */
  status: "ok";
};
