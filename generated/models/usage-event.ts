// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
