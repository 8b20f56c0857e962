import type { AttemptFacts, ClaimedBatch, ClaimedDelivery, NewDelivery, Outcome, Settlement } from "../delivery.js";
import type { CircuitRule, ClaimRequest, DeliveryQueue, Settled } from "../delivery-queue.js";
import type { SubscriptionRecord } from "../subscription-store.js";
import { startMs } from "./case.js";

/** A delivery. */
export const delivery = (id: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
  id,
  subscriptionId: "subscription",
  url: "https://a.example/hook",
  taskId: `task of ${id}`,
  event: "task.completed",
  body: `{"id":${JSON.stringify(id)}}`,
  orderKey: null,
  batchSize: 1,
  batchMs: 0,
  createdMs: startMs,
  expiresMs: null,
  ...more,
});

/** Deliveries with ids of one beginning, from 0. */
export const deliveries = (count: number, name: string, more: Partial<NewDelivery> = {}): readonly NewDelivery[] =>
  Array.from({ length: count }, (_, index) => delivery(`${name}${index}`, more));

/** A subscription. */
export const subscription = (id: string, more: Partial<SubscriptionRecord> = {}): SubscriptionRecord => ({
  id,
  owner: "urn:asap:agent:client",
  taskId: null,
  url: "https://a.example/hook",
  events: null,
  secrets: [],
  auth: null,
  ordered: false,
  batch: null,
  disabled: null,
  createdMs: startMs,
  version: 1,
  ...more,
});

/** When a circuit opens, where a case does not say. */
export const circuit: CircuitRule = { failures: 5, openMs: 60_000 };

/** Claims what is due, without bounds but those given. */
export const claim = (queue: DeliveryQueue, more: Partial<ClaimRequest> = {}): Promise<readonly ClaimedBatch[]> =>
  queue.claim({
    owner: "one",
    maxEndpoints: 1_000,
    perEndpoint: 1_000,
    leaseMs: 30_000,
    endpointRate: undefined,
    globalRate: undefined,
    circuit,
    ...more,
  });

/** The deliveries of what is claimed. */
export const claimed = async (
  queue: DeliveryQueue,
  more: Partial<ClaimRequest> = {},
): Promise<readonly ClaimedDelivery[]> => (await claim(queue, more)).flatMap((batch) => batch.deliveries);

/** Ids in the order they come. */
export const idsOf = (items: readonly { readonly id: string }[]): readonly string[] => items.map(({ id }) => id);

/** Ids in order of their texts. */
export const sortedIds = (items: readonly { readonly id: string }[]): readonly string[] => [...idsOf(items)].sort();

/** What is known of an attempt. */
export const facts = (more: Partial<AttemptFacts> = {}): AttemptFacts => ({
  startedMs: startMs,
  elapsedMs: 10,
  status: 200,
  address: "192.0.2.1",
  error: null,
  reason: null,
  response: null,
  ...more,
});

const failure = { status: 500, reason: "The receiver answered 500." };

/** The settlement of an attempt. */
export function settlement(one: ClaimedDelivery, outcome: Outcome, more: Partial<AttemptFacts> = {}): Settlement {
  if (outcome.kind === "release") return { delivery: one, outcome };
  if (outcome.kind === "delivered") return { delivery: one, outcome, facts: facts(more), endpoint: "works" };
  return { delivery: one, outcome, facts: facts({ ...failure, ...more }), endpoint: "fails" };
}

/** Settles deliveries, all in one way. */
export const settle = (
  queue: DeliveryQueue,
  many: readonly ClaimedDelivery[],
  outcome: Outcome,
  rule: CircuitRule = circuit,
): Promise<readonly Settled[]> =>
  queue.settle(
    many.map((one) => settlement(one, outcome)),
    rule,
  );

/** Gives deliveries up that were claimed anew. */
export async function die(queue: DeliveryQueue, many: readonly NewDelivery[], reason = "gone"): Promise<void> {
  await queue.enqueue(many);
  const ids = new Set(idsOf(many));
  const held = (await claimed(queue)).filter(({ id }) => ids.has(id));
  await settle(queue, held, { kind: "dead", reason }, { failures: 1_000_000, openMs: 1 });
}
