// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
