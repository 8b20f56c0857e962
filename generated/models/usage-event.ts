// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

import type { Timestamp } from "./timestamp.js";
import type { UsageMetrics } from "./usage-metrics.js";

/**
 * One record of use, for metering.
 * Defined in `entities/usage-event.schema.json`.
 */
export type UsageEvent = {
  /** Task that used it. */
  task_id: string;
  /** Agent that served. */
  agent_id: string;
  /** Who was served. */
  consumer_id: string;
  /** What was used. */
  metrics: UsageMetrics;
  /** When. */
  timestamp: Timestamp;
};
