// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
