// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
