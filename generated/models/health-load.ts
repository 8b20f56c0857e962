// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
