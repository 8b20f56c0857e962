// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * How busy an agent is.
 * Defined in `discovery/health-load.schema.json`.
 */
export type HealthLoad = {
  /** Tasks under way. */
  active_tasks: number;
  /** Tasks waiting. */
  queue_depth: number;
};
