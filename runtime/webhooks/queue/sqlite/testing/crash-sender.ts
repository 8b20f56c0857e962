import { sqliteState } from "../../../../state/sqlite/open.js";
import type { ClaimedDelivery, NewDelivery, Outcome } from "../../../delivery.js";
import type { WebhookStore } from "../../../webhook-store.js";

/** What the program says it did, or is about to do. */
export type Said =
  | { readonly kind: "ready" }
  | { readonly kind: "queued" | "delivered" | "dead" | "sent"; readonly ids: readonly string[] };

/**
 * Queues and settles deliveries for ever, to be killed: `node crash-sender.js PATH NAME`. It says, in a line of JSON each,
 * what was acknowledged, and before that what it is about to settle.
 */
const [path = "", name = ""] = process.argv.slice(2);

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
const below = (limit: number): number => Math.floor(Math.random() * limit);

/** Deliveries that are queued together; an id tells how many there are. */
function group(count: number, beginning: string): readonly NewDelivery[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${beginning}.${index}.${count}`,
    subscriptionId: "subscription",
    url: `https://h${below(5)}.example/`,
    taskId: beginning,
    event: "task.completed",
    body: JSON.stringify("x".repeat(below(10) === 0 ? 20_000 : 300)),
    orderKey: below(3) === 0 ? beginning : null,
    batchSize: below(4) === 0 ? 5 : 1,
    batchMs: 0,
    createdMs: Date.now(),
    expiresMs: null,
  }));
}

const state = await sqliteState({ path });
const { queue } = state.webhooks as WebhookStore;
const circuit = { failures: 1_000_000, openMs: 1 };
const time = new Date().toISOString();

async function produce(producer: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const beginning = `${name}-${producer}-${count}`;
    const deliveries = group(1 + below(60), beginning);
    if (below(2) === 0) {
      await queue.enqueue(deliveries);
    } else {
      const task = {
        id: beginning,
        conversation_id: "c",
        status: "submitted" as const,
        created_at: time,
        updated_at: time,
      };
      const asked = { agent: "a", owner: "o", envelopeId: null, idempotencyKey: null, request: null, answer: null };
      await state.tasks.create({ ...asked, task, deadlineMs: null, deliveries });
    }
    say({ kind: "queued", ids: deliveries.map(({ id }) => id) });
  }
}

const outcomeOf = (): Outcome =>
  ([{ kind: "delivered" }, { kind: "retry", atMs: Date.now() }, { kind: "dead", reason: "no luck" }] as const)[
    Math.max(0, below(6) - 3)
  ] ?? { kind: "delivered" };

async function consume(): Promise<never> {
  for (;;) {
    const request = { owner: name, maxEndpoints: 5, perEndpoint: 40, leaseMs: 30_000, circuit };
    const batches = await queue.claim({ ...request, endpointRate: undefined, globalRate: undefined });
    const held: readonly ClaimedDelivery[] = batches.flatMap(({ deliveries }) => deliveries);
    if (held.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    say({ kind: "sent", ids: held.map(({ id }) => id) });
    const facts = { elapsedMs: 1, status: 500, address: null, error: null, reason: null, response: null };
    const settlements = held.map((delivery) => ({
      delivery,
      outcome: outcomeOf(),
      facts: { ...facts, startedMs: Date.now() },
    }));
    await queue.settle(settlements, circuit);
    for (const kind of ["delivered", "dead"] as const) {
      const ids = settlements.flatMap(({ delivery, outcome }) => (outcome.kind === kind ? [delivery.id] : []));
      if (ids.length > 0) say({ kind, ids });
    }
  }
}

say({ kind: "ready" });
await Promise.all([produce(0), produce(1), consume()]);
