// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
