// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
