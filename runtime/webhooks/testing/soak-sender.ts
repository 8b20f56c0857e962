import { sqliteState } from "../../state/sqlite/open.js";
import type { NewDelivery } from "../delivery.js";
import { webhookPlan } from "../options.js";
import { WebhookService } from "../service.js";
import type { WebhookStore } from "../webhook-store.js";

/**
 * Queues events and posts them, to be killed and started again: `node soak-sender.js PATH FROM TO URL…`. It queues those
 * from one number to another that are not there, says in a line how far it has come, and posts on until it is ended.
 */
const [path = "", from = "", to = "", ...urls] = process.argv.slice(2);
const most = 50;

const state = await sqliteState({ path });
const store = state.webhooks as WebhookStore;
const service = new WebhookService({
  agentId: "urn:asap:agent:soak",
  store,
  plan: webhookPlan({
    egress: { allowLoopback: true },
    endpointRate: "off",
    globalRate: "off",
    retry: { baseMs: 20, maxMs: 200, retries: 100 },
    circuit: { failures: 20, openMs: 100 },
    leaseMs: 500,
    concurrency: 64,
  }),
  isJoined: false,
  log: {},
  now: Date.now,
  onSettled: () => {},
});
for (const [index, url] of urls.entries()) {
  await store.subscriptions.put({
    id: `sub_${index}`,
    owner: "urn:asap:agent:soak",
    taskId: "soak",
    url,
    events: null,
    secrets: [{ value: "plain:s3cret", untilMs: null }],
    auth: null,
    ordered: false,
    batch: null,
    disabled: null,
    createdMs: Date.now(),
    version: 1,
  });
}
await service.start();

const deliveryOf = (number: number): NewDelivery => {
  const place = number % urls.length;
  return {
    id: `msg_${number}`,
    subscriptionId: `sub_${place}`,
    url: urls[place] ?? "",
    taskId: `task-${number}`,
    event: "task.completed",
    body: JSON.stringify({ id: `msg_${number}`, event: "task.completed", task_id: `task-${number}` }),
    orderKey: null,
    batchSize: 1,
    batchMs: 0,
    createdMs: Date.now(),
    expiresMs: null,
  };
};

for (let number = Number(from); number < Number(to); number += most) {
  const count = Math.min(most, Number(to) - number);
  await store.queue.enqueue(Array.from({ length: count }, (_, index) => deliveryOf(number + index)));
  process.stdout.write(`${number + count}\n`);
}
setInterval(() => {}, 1_000);
