// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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
