// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

import type { EventName } from "./event-name.js";

/**
 * Where events of a task go.
 * Defined in `webhooks/webhook-subscription.schema.json`.
 */
export type WebhookSubscription = {
  /** URL the events are posted to. */
  callback_url: string;
  /** Events wanted; all when absent or null. */
  callback_events?: EventName[] | null;
  /** Key of the HMAC-SHA256 signature in `X-ASAP-Signature`; unsigned when absent or null. */
  callback_secret?: string | null;
};
