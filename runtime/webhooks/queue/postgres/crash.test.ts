import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import "../../../testing/forks-run-sources.js";
import { postgresState } from "../../../state/postgres/open.js";
import { places } from "../../../state/postgres/testing/places.js";
import { isServerExpected, serverUrl } from "../../../state/postgres/testing/server.js";
import { claimed, delivery, idsOf, settle } from "../../contract/records.js";
import type { Attempt, ClaimedDelivery } from "../../delivery.js";
import type { DeliveryQueue } from "../../delivery-queue.js";
import { type ClaimProcess, startClaimer } from "./testing/claim-process.js";
import type { ClaimSaid } from "./testing/claim-records.js";

const soak = Number(process.env["ASAP_SOAK"] ?? 1);
const kills = 6 * soak;
const leaseMs = 300;

const own = places();
const running: ClaimProcess[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.kill();
});
afterAll(() => own.remove());

function started(schema: string, name: string, role: "hold" | "deliver" = "deliver", lease = leaseMs): ClaimProcess {
  const claimer = startClaimer(schema, name, role, lease);
  running.push(claimer);
  return claimer;
}

async function opened(schema: string) {
  const state = await postgresState({ url: serverUrl, schema });
  if (state.webhooks === undefined) throw new Error("the backend keeps no webhooks");
  return { queue: state.webhooks.queue, close: () => state.close() };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => delivery(`d${index}`, { url: `https://h${index % 20}.example/` }));

/** The whole history. */
async function attempts(queue: DeliveryQueue): Promise<readonly Attempt[]> {
  const all: Attempt[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queue.history({}, { limit: 1_000, ...(after !== undefined && { after }) });
    all.push(...page.items);
    if (page.next === undefined) return all;
    after = page.next;
  }
}

const deliveredOf = (history: readonly Attempt[]): readonly string[] =>
  history.flatMap(({ outcome, deliveryId }) => (outcome === "delivered" ? [deliveryId] : []));

/** Claims that began while another held the same delivery: it had not settled it, and its lease was not over. */
function overlaps(said: readonly ClaimSaid[], history: readonly Attempt[]): readonly string[] {
  const settled = new Set(history.map(({ deliveryId, attempt }) => `${deliveryId} ${attempt}`));
  const took = said.filter((each) => each.kind === "took").sort((one, other) => one.fence - other.fence);
  const latest = new Map<string, (typeof took)[number]>();
  const found: string[] = [];
  for (const each of took) {
    const before = latest.get(each.id);
    latest.set(each.id, each);
    if (before === undefined || settled.has(`${each.id} ${before.attempt}`)) continue;
    if (each.hadMs < before.askedMs + leaseMs) found.push(`${each.id}: ${before.fence}, ${each.fence}`);
  }
  return found;
}

describe.runIf(isServerExpected)("processes that claim from one PostgreSQL", () => {
  test("eight claimers in two processes never have a delivery twice, and leave none", { timeout: 60_000 }, async () => {
    const schema = own.fresh();
    const { queue, close } = await opened(schema);
    const claimers = ["one", "two"].map((name) => started(schema, name, "deliver", 60_000));
    for (const each of claimers) await each.hasSaid("ready", 1);
    const all = many(400);
    await queue.enqueue(all);
    while ((await queue.stats()).pending + (await queue.stats()).leased > 0) await wait(20);
    for (const each of claimers) await each.stop();
    const said = claimers.flatMap((each) => each.said);
    const took = said.flatMap((each) => (each.kind === "took" ? [`${each.id} ${each.attempt}`] : []));
    expect(new Set(took).size).toBe(took.length);
    expect(said.filter(({ kind }) => kind === "stale")).toEqual([]);
    expect([...deliveredOf(await attempts(queue))].sort()).toEqual([...idsOf(all)].sort());
    await close();
  });

  test("what a killed claimer held comes back after its lease, and its claim is void", {
    timeout: 60_000,
  }, async () => {
    const schema = own.fresh();
    const { queue, close } = await opened(schema);
    await queue.enqueue([delivery("d", { orderKey: "key" }), delivery("next", { orderKey: "key" })]);
    const holder = started(schema, "holder", "hold");
    await holder.hasSaid("took", 1);
    await holder.kill();
    const took = holder.said.find((each) => each.kind === "took");
    const old: ClaimedDelivery = { ...delivery("d"), fence: took?.fence ?? 0, attempt: 1, replays: 0 };
    let held: readonly ClaimedDelivery[] = [];
    while (held.length === 0) {
      held = await claimed(queue);
      await wait(10);
    }
    expect(Date.now()).toBeGreaterThanOrEqual((took?.askedMs ?? 0) + leaseMs);
    expect(held.map(({ id, attempt }) => [id, attempt])).toEqual([["d", 2]]);
    expect(await queue.heartbeat([old], 60_000)).toEqual([false]);
    expect(await settle(queue, [old], { kind: "delivered" })).toEqual([{ result: "stale" }]);
    expect(await settle(queue, held, { kind: "delivered" })).toEqual([{ result: "applied" }]);
    expect(idsOf(await claimed(queue))).toEqual(["next"]);
    await close();
  });

  test(`${kills} kills lose no delivery and let none be held twice at once`, { timeout: 600_000 }, async () => {
    const schema = own.fresh();
    const { queue, close } = await opened(schema);
    const all = many(300 * Math.min(soak, 20));
    const said: ClaimSaid[] = [];
    let [queuedCount, count] = [0, 0];
    const more = async () => {
      const part = all.slice(queuedCount, queuedCount + Math.ceil(all.length / kills));
      queuedCount += part.length;
      if (part.length > 0) await queue.enqueue(part);
    };
    const claimers = Array.from({ length: 3 }, () => started(schema, `claimer-${count++}`));
    for (let killed = 0; killed < kills; killed += 1) {
      const [victim] = claimers;
      await victim?.hasSaid("ready", 1);
      await more();
      await wait(Math.random() * 60);
      await victim?.kill();
      said.push(...(claimers.shift()?.said ?? []));
      claimers.push(started(schema, `claimer-${count++}`));
    }
    while (queuedCount < all.length) await more();
    for (;;) {
      const { pending, leased } = await queue.stats();
      if (pending + leased === 0) break;
      await wait(20);
    }
    for (const each of claimers) {
      await each.hasSaid("ready", 1);
      await each.stop();
      said.push(...each.said);
    }
    const history = await attempts(queue);
    expect(overlaps(said, history)).toEqual([]);
    const ids = deliveredOf(history);
    expect(ids.length).toBe(all.length);
    expect(new Set(ids)).toEqual(new Set(idsOf(all)));
    const sent = new Set(said.flatMap((each) => (each.kind === "sent" ? [each.id] : [])));
    const taken = said.filter(({ kind }) => kind === "took").length;
    process.stdout.write(
      `webhooks, PostgreSQL: killed ${kills} times, ${all.length} delivered, ${sent.size} seen sent, ${taken} claims seen\n`,
    );
    await close();
  });
});
