// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:ec6b36d1e78fa8bd572ddde9f9205ae0f63ee9d11e5ae4808457093cebbb20f4

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
