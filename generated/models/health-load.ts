// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
