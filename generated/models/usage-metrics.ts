// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
