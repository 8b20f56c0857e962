// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
