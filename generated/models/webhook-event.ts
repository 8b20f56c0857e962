// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
