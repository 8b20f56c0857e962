// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
