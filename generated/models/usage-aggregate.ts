// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
