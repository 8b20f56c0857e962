import type { Attempt, ClaimedBatch, ClaimedDelivery, NewDelivery, Settlement } from "../delivery.js";
import type { Lease, Unit } from "./item.js";

/** What a unit is to whoever claimed it. */
export const claimedBatch = (unit: Unit, deliveries: readonly ClaimedDelivery[]): ClaimedBatch => ({
  url: unit.endpoint.url,
  isProbe: unit.isProbe,
  deliveries,
});

/** What an item is to whoever claimed it. */
export const claimedDelivery = (lease: Lease, one: NewDelivery): ClaimedDelivery => ({
  id: one.id,
  subscriptionId: one.subscriptionId,
  url: one.url,
  taskId: one.taskId,
  event: one.event,
  body: one.body,
  orderKey: one.orderKey,
  batchSize: one.batchSize,
  batchMs: one.batchMs,
  createdMs: one.createdMs,
  expiresMs: one.expiresMs,
  fence: lease.fence,
  attempt: lease.attempt,
  replays: lease.item.replays,
});

/** The attempt of a settlement, as the history has it; undefined where nothing was sent. */
export function attemptOf({ delivery, facts, outcome }: Settlement): Attempt | undefined {
  if (facts === undefined || outcome.kind === "release") return undefined;
  const { startedMs, elapsedMs, status, address, error, reason, response } = facts;
  return {
    deliveryId: delivery.id,
    subscriptionId: delivery.subscriptionId,
    url: delivery.url,
    taskId: delivery.taskId,
    event: delivery.event,
    attempt: delivery.attempt,
    replays: delivery.replays,
    outcome: outcome.kind,
    startedMs,
    elapsedMs,
    status,
    address,
    error,
    reason,
    response,
  };
}
