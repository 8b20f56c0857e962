// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
