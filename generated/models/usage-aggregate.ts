// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
