import type { DeliveryQueue } from "../delivery-queue.js";
import { webhookPlan } from "../options.js";
import { WebhookService } from "../service.js";
import type { WebhookStore } from "../webhook-store.js";
import { killer, openToKill } from "./kill-place.js";
import { type KillOrder, type KillStep, killedAgent, killedLeaseMs } from "./kill-records.js";

/** Queues events and posts them, and kills itself at a step of that: `node kill-sender.js ORDER`, the order as JSON. */
const order = JSON.parse(process.argv[2] ?? "") as KillOrder;

/** A queue whose calls kill this process at a step before or after them. */
function killing(queue: DeliveryQueue, { call, at, time }: KillStep): DeliveryQueue {
  const kill = killer(at === "before" || at === "after" ? time : Number.POSITIVE_INFINITY);
  const before = (name: KillStep["call"]) => call === name && at === "before" && kill();
  const after = (name: KillStep["call"]) => call === name && at === "after" && kill();
  return {
    ...queue,
    async claim(request) {
      const batches = await queue.claim(request);
      if (batches.length > 0) after("claim");
      return batches;
    },
    settle(settlements, circuit) {
      if (settlements.some(({ facts }) => facts !== undefined)) before("settle");
      return queue.settle(settlements, circuit);
    },
  };
}

const state = await openToKill(order.location, order.step);
const kept = state.webhooks as WebhookStore;
const store: WebhookStore = {
  ...kept,
  queue: order.step === undefined ? kept.queue : killing(kept.queue, order.step),
};
const service = new WebhookService({
  agentId: killedAgent,
  store,
  plan: webhookPlan({
    egress: { allowLoopback: true },
    endpointRate: "off",
    globalRate: "off",
    retry: { baseMs: 20, maxMs: 20 },
    circuit: { failures: 1_000 },
    leaseMs: killedLeaseMs,
  }),
  isJoined: false,
  log: {},
  now: Date.now,
  onSettled: () => {},
});
if (order.enqueue.length > 0) {
  await store.queue.enqueue(order.enqueue);
  process.stdout.write("queued\n");
}
if (order.replay.length > 0) {
  await store.queue.dead.replay(order.replay);
  process.stdout.write("queued\n");
}
await service.start();
setInterval(() => {}, 1_000);
