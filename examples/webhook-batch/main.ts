// Events of many tasks go to one receiver in arrays; those of each task go to another one in their order, whatever fails
// on the way.
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { connect, createAgent, skill, Type } from "asap-kit";
import { serve } from "asap-kit/node";
import { webhooks } from "asap-kit/webhooks";
import { type Received, startReceiver } from "./receiver.js";

const secret = "a secret that both sides know";
const tasks = 25;

const agent = createAgent({
  id: "urn:asap:agent:press",
  name: "Press",
  version: "1.0.0",
  description: "Prints pages, and tells of each.",
  skills: {
    print: skill({
      description: "Prints pages.",
      input: Type.Object({ pages: Type.Integer({ minimum: 1, maximum: 100 }) }),
      output: Type.Object({ pages: Type.Integer() }),
      async *run({ pages }) {
        for (let page = 1; page <= pages; page += 1) yield { page };
        return { pages };
      },
    }),
  },
  limits: { maxConcurrentTasks: 100 },
  webhooks: webhooks({
    egress: { allowLoopback: true }, // For receivers on this host, as here.
    retry: { baseMs: 20 },
    endpointRate: { perMinute: 6_000, burst: 200 },
    progressIntervalMs: 0,
  }),
});
await using server = await serve(agent, { port: 0, rateLimit: "off" });
await using peer = await connect(server.url);
const hooks = agent.webhooks;
assert(hooks);

const ledger = await startReceiver(secret, () => 204);
// Refuses whatever comes for the first time: each event needs two attempts.
const journal = await startReceiver(secret, ({ attempt }) => (attempt === 1 ? 503 : 204));
try {
  await hooks.subscribe({
    url: ledger.url,
    events: ["task.completed"],
    secret,
    batch: { size: 10, waitMs: 300 },
  });
  await Promise.all(Array.from({ length: tasks }, () => peer.run("print", { pages: 1 })));
  await until(() => eventsOf(ledger.received).length === tasks);
  const sizes = ledger.received.map(({ events }) => events.length);
  assert(Math.max(...sizes) <= 10 && sizes.length < tasks, `requests of ${sizes} events`);
  assert(ledger.received.every(({ id }) => id.startsWith("batch_")));
  assert.equal(new Set(eventsOf(ledger.received).map(({ id }) => id)).size, tasks);
  console.log(`${tasks} events came in ${sizes.length} requests of at most 10, each array with one signature`);

  const { id } = await hooks.subscribe({ url: journal.url, secret, ordered: true });
  const results = [peer.run("print", { pages: 2 }), peer.run("print", { pages: 3 })];
  await Promise.all(results);
  const expected = [2, 3].map((pages) => pages + 2);
  await until(() => eventsOf(journal.received).length === expected.reduce((sum, one) => sum + one, 0));
  const told = [...grouped().values()].map((events) => events.join(" ")).toSorted();
  assert.deepEqual(told, [
    "task.started page 1 page 2 page 3 task.completed",
    "task.started page 1 page 2 task.completed",
  ]);
  console.log(`each event of two tasks needed two attempts, and came after those before it:\n  ${told.join("\n  ")}`);
  assert.equal(await hooks.remove(id), true);
} finally {
  await agent.close(1_000);
  await ledger.close();
  await journal.close();
}

function eventsOf(received: readonly Received[]) {
  return received.flatMap(({ events }) => events);
}

/** What was told of each task, in the order it came. */
function grouped(): ReadonlyMap<string, readonly string[]> {
  const byTask = new Map<string, string[]>();
  for (const { event, task_id, data } of eventsOf(journal.received)) {
    const page = (data as { readonly progress?: { readonly page: number } }).progress?.page;
    const line = page === undefined ? String(event) : `page ${page}`;
    byTask.set(String(task_id), [...(byTask.get(String(task_id)) ?? []), line]);
  }
  return byTask;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !isSo(); tries += 1) await wait(10);
  assert(isSo(), "it has come to that within ten seconds");
}
