/** Webhooks of an agent: subscriptions, signed and durable deliveries, dead letters and history. Needs Node. */
export type { Page, PageRequest } from "./state/page.js";
export type { Attempt, DeadLetter, Delivery, NewDelivery, Outcome } from "./webhooks/delivery.js";
export type {
  AttemptFilter,
  CircuitRule,
  CircuitState,
  DeadLetters,
  DeliveryFilter,
  DeliveryQueue,
  EndpointState,
  EndpointTotals,
  QueueStats,
  Rate,
} from "./webhooks/delivery-queue.js";
export type { GaugeResult, WebhookMeter } from "./webhooks/meter.js";
export { moveWebhooks, type WebhookKind, type WebhookMoveOptions, type WebhookMoveProgress } from "./webhooks/move.js";
export type { WebhookNotice, WebhookOptions } from "./webhooks/options.js";
export type { DeliveryRetryOptions } from "./webhooks/outcome.js";
export { webhooks } from "./webhooks/poster.js";
export { type MemoryWebhookOptions, memoryWebhooks } from "./webhooks/queue/memory.js";
export type { ReceiverAuth } from "./webhooks/receiver-auth.js";
export { type Replayed, type ReplayOptions, type ReplayProgress, replayDead } from "./webhooks/replay.js";
export { type SignatureInput, type SignatureProfile, signatureHeaders } from "./webhooks/sign.js";
export type { SubscriptionRecord, SubscriptionStore } from "./webhooks/subscription-store.js";
export { checkTarget, type TargetOptions, type WebhookTarget } from "./webhooks/target.js";
export type { WebhookStore, WebhookStoreOptions } from "./webhooks/webhook-store.js";
export type { NewSubscription, Subscription, WebhookPoster, Webhooks } from "./webhooks/webhooks.js";
