// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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
