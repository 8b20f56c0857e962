// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
