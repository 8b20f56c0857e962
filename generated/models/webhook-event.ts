// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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
