// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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
