// What an operator sees of webhooks: notices, the history of attempts, totals, circuits, dead letters and their replay, and
// the metrics of the agent. One receiver is well; another one is down, and comes back.
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { connect, createAgent, skill } from "asap-kit";
import { serve } from "asap-kit/node";
import { type WebhookNotice, webhooks } from "asap-kit/webhooks";
import { startReceiver } from "./receiver.js";

const notices: WebhookNotice[] = [];
const agent = createAgent({
  id: "urn:asap:agent:watched",
  name: "Watched",
  version: "1.0.0",
  description: "Does nothing, and tells of it.",
  skills: { nothing: skill({ description: "Does nothing.", pure: true, run: () => ({}) }) },
  webhooks: webhooks({
    egress: { allowLoopback: true }, // For receivers on this host, as here.
    retry: { retries: 2, baseMs: 20 },
    circuit: { failures: 5, openMs: 500 },
    onNotice: (notice) => notices.push(notice),
  }),
});
await using server = await serve(agent, { port: 0, rateLimit: "off" });
await using peer = await connect(server.url);
const hooks = agent.webhooks;
assert(hooks);

const [well, ill] = await Promise.all([startReceiver(), startReceiver()]);
try {
  for (const { url } of [well, ill]) await hooks.subscribe({ url, events: ["task.completed"] });
  ill.isDown = true;
  await Promise.all([peer.run("nothing", {}), peer.run("nothing", {})]);
  await until(() => ofType("delivery.exhausted").length === 2);
  assert.equal(well.taken.length, 2);
  assert.deepEqual(
    ofType("circuit.opened").map((notice) => "url" in notice && notice.url),
    [ill.url],
  );
  console.log("two events reached one receiver; for the other, notices tell of two dead letters and an open circuit");

  const [endpoint] = (await hooks.queue.endpoints()).items;
  assert(endpoint?.url === ill.url && endpoint.circuit !== "closed");
  const { items: attempts } = await hooks.queue.history({ url: ill.url });
  assert.deepEqual(attempts.map(({ status, attempt, outcome }) => `${status} ${attempt} ${outcome}`).toSorted(), [
    "503 1 retry",
    "503 1 retry",
    "503 2 retry",
    "503 2 retry",
    "503 3 dead",
    "503 3 dead",
  ]);
  const totals = new Map((await hooks.queue.totals()).map((each) => [each.url, each]));
  assert.deepEqual(totals.get(ill.url)?.errors, { status_503: 6 });
  assert.equal(totals.get(well.url)?.delivered, 2);
  console.log("the history has each of six attempts, and the totals say why they failed");

  ill.isDown = false;
  const { items: dead } = await hooks.queue.dead.list({ url: ill.url });
  const ids = dead.map(({ id }) => id);
  await hooks.queue.dead.replay(ids);
  await until(() => ofType("delivery.recovered").length === 2);
  assert.deepEqual([...ill.taken].toSorted(), ids.toSorted());
  assert.equal(ofType("circuit.closed").length, 1);
  assert.deepEqual((await hooks.queue.dead.list()).items, []);
  console.log("both arrived with the same webhook-id when they were replayed, and the circuit closed");

  const { pending, dead: left, openCircuits } = await hooks.queue.stats();
  assert.deepEqual([pending, left, openCircuits], [0, 0, 0]);
  const shown = await scraped(server.url);
  for (const [series, value] of Object.entries({
    'asap_webhook_attempts_total{outcome="delivered"}': 4,
    'asap_webhook_attempts_total{outcome="retry"}': 4,
    'asap_webhook_attempts_total{outcome="dead"}': 2,
    'asap_webhook_dead_letters_total{reason="server_error"}': 2,
    asap_webhook_retries_total: 4,
    'asap_webhook_queue_depth{state="pending"}': 0,
    asap_webhook_open_circuits: 0,
    asap_webhook_store_up: 1,
  })) {
    assert.equal(shown.get(series), value, series);
  }
  console.log("the metrics at /asap/metrics say the same in numbers");
} finally {
  await agent.close(1_000);
  await well.close();
  await ill.close();
}

/** The series that the agent shows, with their values. */
async function scraped(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(new URL("/asap/metrics", url))).text();
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, series, value] = /^(asap_\S+) (\S+)$/.exec(line) ?? [];
      return series === undefined ? [] : [[series, Number(value)]];
    }),
  );
}

function ofType(type: WebhookNotice["type"]): readonly WebhookNotice[] {
  return notices.filter((notice) => notice.type === type);
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !isSo(); tries += 1) await wait(10);
  assert(isSo(), "it has come to that within ten seconds");
}
