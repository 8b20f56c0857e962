// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
