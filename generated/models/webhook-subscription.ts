// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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
