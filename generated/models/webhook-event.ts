// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

import type { EventName } from "./event-name.js";
import type { Timestamp } from "./timestamp.js";

/**
 * Body of a webhook request. Free to carry more members than these.
 * Defined in `webhooks/webhook-event.schema.json`.
 */
export type WebhookEvent = {
  /** What happened. */
  event: EventName;
  /** Task it happened to. */
  task_id: string;
  /** When it happened. */
  timestamp?: Timestamp | null;
  /** More about it, named per event. */
  data?: { [k: string]: unknown } | null;
};
