// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

/**
 * What a task used.
 * Defined in `entities/usage-metrics.schema.json`.
 */
export type UsageMetrics = {
  /** Tokens read. */
  tokens_in?: number;
  /** Tokens written. */
  tokens_out?: number;
  /** Time taken, in milliseconds. */
  duration_ms?: number;
  /** Calls made to other services. */
  api_calls?: number;
};
