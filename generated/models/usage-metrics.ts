// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
