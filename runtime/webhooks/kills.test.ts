import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import type { PlaceKind } from "../testing/state-places.js";
import { deadLetter, inPlace, webhookPlaces } from "../testing/webhook-places.js";
import type { Attempt, NewDelivery } from "./delivery.js";
import type { DeliveryQueue } from "./delivery-queue.js";
import { webhookPlan } from "./options.js";
import { WebhookService } from "./service.js";
import { openLater } from "./testing/kill-place.js";
import { type KillStep, killedAgent, killedLeaseMs } from "./testing/kill-records.js";
import { startKilled } from "./testing/killed-process.js";
import { type Received, startReceiver } from "./testing/receiver.js";
import type { WebhookStore } from "./webhook-store.js";

const rounds = Number(process.env["ASAP_SOAK"] ?? 1);

/**
 * How far the clock after the restart is ahead. PostgreSQL leaves what a process took to it until its lease is over; a file
 * of SQLite sees at once that the process has ended.
 */
const aheadMs: Readonly<Record<string, number>> = { SQLite: 0, PostgreSQL: killedLeaseMs + 1_000 };

/** What is posted, and how the receiver answers. */
interface Scene {
  readonly name: string;
  /** Events that are queued. */
  readonly events: number;
  /** Events of one request. */
  readonly perRequest: number;
  /** Statuses of the answers, one after the other, until what came of them is written; 200 after those. */
  readonly statuses: readonly number[];
  readonly more: Partial<NewDelivery>;
  /** Whether the events are dead letters that are queued again. */
  readonly isReplay: boolean;
}

const scene = (name: string, more: Partial<Scene> = {}): Scene => ({
  name,
  events: 1,
  perRequest: 1,
  statuses: [],
  more: {},
  isReplay: false,
  ...more,
});

const single = scene("an event");
const retried = scene("a retry", { statuses: [503] });
const refused = scene("a dead letter", { statuses: [400] });
const replayed = scene("a replay", { isReplay: true });
const batched = scene("a batch", { events: 4, perRequest: 4, more: { batchSize: 4, batchMs: 60_000 } });
const ordered = scene("an ordered key", { events: 4, more: { orderKey: "key" } });

/** Requests of a scene that nobody disturbs. */
const requestsOf = ({ events, perRequest, statuses }: Scene): number =>
  events / perRequest + statuses.filter((status) => status >= 500).length;

/** One kill, and what there is of it. */
interface Kill {
  readonly scene: Scene;
  readonly title: string;
  /** Where it kills itself; for `asked`, it is killed from outside once a request is there that nobody answered. */
  readonly step: KillStep | "asked";
  /** Requests before the kill. */
  readonly posted: number;
  /** Requests whose outcome is written after the kill. */
  readonly written: number;
}

/** The kills around a request of a scene, by its number from 1. */
function around(of: Scene, request: number): readonly Kill[] {
  const kill = (at: string, step: Kill["step"], posted: number, written: number): Kill => ({
    scene: of,
    title: `${of.name}, request ${request}: ${at}`,
    step,
    posted,
    written,
  });
  const [before, time] = [request - 1, request];
  return [
    kill("claimed, not sent", { call: "claim", at: "after", time }, before, before),
    kill("sent, not answered", "asked", request, before),
    kill("answered, not written", { call: "settle", at: "before", time }, request, before),
    kill("being written, before COMMIT", { call: "settle", at: "in", time }, request, before),
    kill("written, the worker does not know", { call: "settle", at: "committed", time }, request, request),
  ];
}

/** The kills while a scene is queued. */
function queueing(of: Scene): readonly Kill[] {
  const call = of.isReplay ? "replay" : "enqueue";
  const kill = (at: string, step: KillStep): Kill => ({
    scene: of,
    title: `${of.name}: ${at}`,
    step,
    posted: 0,
    written: 0,
  });
  return [
    kill("being queued, before COMMIT", { call, at: "in", time: 1 }),
    kill("queued, the caller does not know", { call, at: "committed", time: 1 }),
  ];
}

const kills: readonly Kill[] = [
  ...[single, batched, ordered, replayed].flatMap(queueing),
  ...[single, batched, replayed].flatMap((of) => around(of, 1)),
  ...[retried, refused].flatMap((of) => around(of, 1).slice(2)),
  ...[retried, ordered].flatMap((of) => around(of, 2)),
];

let sender: BundledProgram;
beforeAll(async () => {
  sender = await bundleProgram("runtime/webhooks/testing/kill-sender.ts");
});
afterAll(() => sender.remove());

/** The events of a scene. */
const eventsOf = ({ events, more }: Scene, url: string): readonly NewDelivery[] =>
  Array.from({ length: events }, (_, index) => ({
    ...{ subscriptionId: "sub", url, taskId: "task", event: "task.completed", orderKey: null },
    ...{ batchSize: 1, batchMs: 0, createdMs: Date.now() + index, expiresMs: null, ...more },
    id: `msg_${index}`,
    body: JSON.stringify({ id: `msg_${index}`, event: "task.completed", task_id: "task" }),
  }));

/** Writes what is there before the first process. */
async function prepare(
  { subscriptions, queue, bind }: WebhookStore,
  { isReplay }: Scene,
  events: readonly NewDelivery[],
) {
  await bind(killedAgent);
  await subscriptions.put({
    ...{ id: "sub", owner: killedAgent, taskId: "task", url: events[0]?.url ?? "", events: null, auth: null },
    ...{ secrets: [{ value: "plain:s3cret", untilMs: null }], ordered: false, batch: null, disabled: null },
    ...{ createdMs: Date.now(), version: 1 },
  });
  if (isReplay)
    await queue.restore({ dead: events.map((each) => deadLetter(each.id, { ...each, diedMs: Date.now() })) });
}

/** Where the events are, and the attempts, those begun first before others. */
async function standing(queue: DeliveryQueue) {
  const [waiting, dead, history] = await Promise.all([queue.list(), queue.dead.list(), queue.history()]);
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id).sort();
  return { waiting: ids(waiting.items), dead: ids(dead.items), history: history.items.toReversed() };
}

const endedOf = (history: readonly Attempt[]) =>
  history.flatMap(({ deliveryId, outcome }) => (outcome === "delivered" ? [deliveryId] : [])).sort();

/** Checks what the killed process left: every event in one place, and the attempts that were written. */
async function checkLeft(queue: DeliveryQueue, { scene: of, step, written }: Kill, ids: readonly string[]) {
  const { waiting, dead, history } = await standing(queue);
  expect(history).toHaveLength(written * of.perRequest);
  const isLost = step !== "asked" && step.call === "enqueue" && step.at === "in";
  expect([...waiting, ...dead, ...endedOf(history)].sort()).toEqual(isLost ? [] : ids);
  if (step !== "asked" && step.call === "replay") expect(dead).toEqual(step.at === "in" ? ids : []);
}

/** Does again what the killed process did not hear of. */
async function repeat(queue: DeliveryQueue, { step }: Kill, events: readonly NewDelivery[]) {
  if (step === "asked") return;
  const isUndone = step.at === "in";
  if (step.call === "enqueue") {
    const outcome = isUndone ? "added" : "exists";
    expect(await queue.enqueue(events)).toEqual(events.map(() => outcome));
  }
  if (step.call === "replay")
    expect(await queue.dead.replay(events.map(({ id }) => id))).toEqual(events.map(() => isUndone));
}

/** Sends what waits until nothing does. */
async function sendOn(store: WebhookStore, now: () => number, signal: AbortSignal) {
  const plan = webhookPlan({
    egress: { allowLoopback: true },
    endpointRate: "off",
    globalRate: "off",
    retry: { baseMs: 20, maxMs: 20 },
    circuit: { failures: 1_000 },
  });
  const parts = { agentId: killedAgent, store, plan, isJoined: false, log: {}, now, onSettled: () => {} };
  const service = new WebhookService(parts);
  await service.start();
  for (;;) {
    const { pending, leased } = await store.queue.stats();
    if (pending + leased === 0) break;
    await wait(10, undefined, { signal });
  }
  await service.close(1_000);
}

/** The events of a request, and that those that come again come as they came. */
function eventIds(received: readonly Received[], { perRequest }: Scene): readonly string[] {
  const idOf = new Map<string, string>();
  return received.flatMap(({ headers, body }) => {
    const id = String(headers["webhook-id"]);
    expect(id).toBe(idOf.get(body) ?? id);
    idOf.set(body, id);
    const parsed = [JSON.parse(body)].flat() as { readonly id: string }[];
    expect(parsed).toHaveLength(perRequest);
    if (perRequest === 1) expect(parsed[0]?.id).toBe(id);
    return parsed.map((each) => each.id);
  });
}

/** Checks that every event is at its end, that its attempts lead there, and in which order it was received. */
async function checkEnded(queue: DeliveryQueue, of: Scene, ids: readonly string[], received: readonly Received[]) {
  const { waiting, dead, history } = await standing(queue);
  const dies = of.statuses.includes(400);
  expect(waiting).toEqual([]);
  expect(dead).toEqual(dies ? ids : []);
  expect(endedOf(history)).toEqual(dies ? [] : ids);
  expect(history).toHaveLength(requestsOf(of) * of.perRequest);
  for (const id of ids) {
    const own = history.filter(({ deliveryId }) => deliveryId === id);
    const outcomes = own.map(({ outcome }) => outcome);
    expect(outcomes).toEqual([...outcomes.slice(1).map(() => "retry"), dies ? "dead" : "delivered"]);
    expect(own.map(({ replays }) => replays)).toEqual(own.map(() => (of.isReplay ? 1 : 0)));
    for (const [index, { attempt }] of own.entries()) expect(attempt).toBeGreaterThan(own[index - 1]?.attempt ?? 0);
  }
  const got = eventIds(received, of);
  expect([...new Set(got)].sort()).toEqual(ids);
  if (of.more.orderKey != null) expect(got).toEqual(got.toSorted());
  expect((await queue.endpoints()).items).toEqual([]);
}

async function killOnce({ name, fresh }: PlaceKind, kill: Kill, signal: AbortSignal): Promise<void> {
  const { scene: of, step, posted, written } = kill;
  const { location, remove } = fresh();
  await using receiver = await startReceiver();
  const events = eventsOf(of, receiver.url);
  const ids = events.map(({ id }) => id);
  try {
    await inPlace(location, (store) => prepare(store, of, events));
    const queued = of.isReplay ? { enqueue: [], replay: ids } : { enqueue: events, replay: [] };
    const first = startKilled(sender, { location, step: step === "asked" ? undefined : step, ...queued }, signal);
    receiver.answer = (_request, response) => {
      const { length } = receiver.received;
      if (step === "asked" && length === posted) first.kill();
      else response.writeHead(of.statuses[length - 1] ?? 200).end();
    };
    const isUnheard = step !== "asked" && (step.call === "enqueue" || step.call === "replay");
    expect(await first.over).toBe(isUnheard ? "" : "queued\n");
    expect(receiver.received).toHaveLength(posted);
    receiver.answer = (_request, response) => {
      const again = receiver.received.length - posted;
      response.writeHead(of.statuses[written + again - 1] ?? 200).end();
    };
    const ahead = aheadMs[name] ?? 0;
    const state = await openLater(location, ahead);
    try {
      const store = state.webhooks as WebhookStore;
      await checkLeft(store.queue, kill, ids);
      await repeat(store.queue, kill, events);
      await sendOn(store, () => Date.now() + ahead, signal);
      await checkEnded(store.queue, of, ids, receiver.received);
    } finally {
      await state.close();
    }
    expect(receiver.received).toHaveLength(posted + requestsOf(of) - written);
  } finally {
    await remove();
  }
}

describe.each(webhookPlaces)("a process that posts webhooks from $name, killed at a step (HOOK-004)", (place) => {
  for (const kill of kills)
    test.runIf(place.isThere).concurrent(kill.title, { timeout: 20_000 * rounds }, async ({ signal }) => {
      for (let round = 0; round < rounds; round += 1) await killOnce(place, kill, signal);
    });
});
