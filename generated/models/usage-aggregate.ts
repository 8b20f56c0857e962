// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Use of an agent, added up.
 * Defined in `entities/usage-aggregate.schema.json`.
 */
export type UsageAggregate = {
  /** Agent that served. */
  agent_id: string;
  /** Period the sums are for, as the caller named it. */
  period: string;
  /** Tokens read and written. */
  total_tokens: number;
  /** Time taken, in milliseconds. */
  total_duration: number;
  /** Number of records. */
  total_tasks: number;
  /** Calls made to other services. */
  total_api_calls: number;
};
