import { openState } from "../state/open-state.js";
import type { StateStore } from "../state/state-store.js";
import type { Attempt, DeadLetter } from "../webhooks/delivery.js";
import { deliveryTo } from "../webhooks/testing/sending.js";
import type { WebhookStore } from "../webhooks/webhook-store.js";
import { filePlace, type PlaceKind, schemaPlace } from "./state-places.js";

/** The backends that keep webhooks beyond their process. */
export const webhookPlaces: readonly PlaceKind[] = [filePlace, schemaPlace];

/** Does something with the webhooks of a place. */
export async function inPlace<T>(
  location: string,
  work: (webhooks: WebhookStore, state: StateStore) => Promise<T>,
): Promise<T> {
  const state = await openState(location);
  try {
    if (state.webhooks === undefined) throw new Error("the place keeps no webhooks");
    return await work(state.webhooks, state);
  } finally {
    await state.close();
  }
}

/** A delivery that was given up. */
export const deadLetter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...deliveryTo({ id: "sub", url: "https://hooks.example/a" }),
  id,
  attempts: 6,
  replays: 0,
  diedMs: 1_000,
  reason: "the receiver answered 503",
  status: 503,
  ...more,
});

/** An attempt of a delivery. */
export const attemptOf = (deliveryId: string, more: Partial<Attempt> = {}): Attempt => ({
  deliveryId,
  subscriptionId: "sub",
  url: "https://hooks.example/a",
  taskId: "task-1",
  event: "task.completed",
  attempt: 1,
  replays: 0,
  outcome: "delivered",
  startedMs: 1_000,
  elapsedMs: 10,
  status: 200,
  address: "192.0.2.1",
  error: null,
  reason: null,
  response: null,
  ...more,
});
