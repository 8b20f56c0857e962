// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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
