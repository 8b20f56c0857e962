// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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
