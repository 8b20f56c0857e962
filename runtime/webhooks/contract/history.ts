import assert from "node:assert/strict";
import { refused } from "../../state/contract/assert.js";
import type { Attempt, DeadLetter, Delivery } from "../delivery.js";
import type { AttemptFilter } from "../delivery-queue.js";
import type { WebhookRule } from "./case.js";
import { startMs } from "./case.js";
import { circuit, claimed, deliveries, delivery, die, facts, idsOf, settle, settlement, sortedIds } from "./records.js";

const [a, b] = ["https://a.example/hook", "https://b.example/hook"] as const;

const attempt = (deliveryId: string, more: Partial<Attempt> = {}): Attempt => ({
  ...facts(),
  deliveryId,
  subscriptionId: "subscription",
  url: a,
  taskId: "task",
  event: "task.completed",
  attempt: 1,
  replays: 0,
  outcome: "delivered",
  ...more,
});

const queued = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  ...delivery(id),
  state: "pending",
  attempts: 0,
  replays: 0,
  dueMs: startMs,
  ...more,
});

const letter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...delivery(id),
  attempts: 6,
  replays: 1,
  diedMs: startMs,
  reason: "gone",
  status: 503,
  ...more,
});

/** All of a list, page by page. */
async function paged<Item>(
  read: (page: { limit: number; after?: string }) => Promise<{ items: readonly Item[]; next?: string }>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await read({ limit: 3, ...(after !== undefined && { after }) });
    all.push(...items);
    if (next === undefined) return all;
    after = next;
  }
}

/** Rules on dead letters, the history and what is told of a queue. */
export const historyRules: readonly WebhookRule[] = [
  {
    name: "a dead letter tells what it was and why it was given up",
    async hold({ queue, clock }) {
      const asked = delivery("d", { orderKey: "k", expiresMs: startMs + 60_000 });
      await queue.enqueue([asked]);
      const held = await claimed(queue);
      clock.ms += 500;
      await queue.settle(
        held.map((one) => settlement(one, { kind: "dead", reason: "no use" }, { status: 404 })),
        circuit,
      );
      const dead = { ...asked, attempts: 1, replays: 0, diedMs: startMs + 500, reason: "no use", status: 404 };
      assert.deepEqual(await queue.dead.get("d"), dead);
      assert.deepEqual(await queue.dead.list(), { items: [dead] });
      assert.equal(await queue.dead.get("other"), undefined);
      assert.deepEqual([(await queue.stats()).dead, (await queue.stats()).pending], [1, 0]);
    },
  },
  {
    name: "dead letters are listed the latest first, those that fit, page by page",
    async hold({ queue, clock }) {
      for (let index = 0; index < 10; index += 1) {
        const [url, taskId] = [index % 2 === 0 ? a : b, `task-${index % 5}`];
        await die(queue, [delivery(`d${index}`, { url, taskId, subscriptionId: `s${index % 3}` })]);
        clock.ms += 100;
      }
      const all = Array.from({ length: 10 }, (_, index) => `d${9 - index}`);
      assert.deepEqual(idsOf(await paged((page) => queue.dead.list({}, page))), all);
      assert.deepEqual(sortedIds((await queue.dead.list({ url: b })).items), ["d1", "d3", "d5", "d7", "d9"]);
      assert.deepEqual(sortedIds((await queue.dead.list({ taskId: "task-3" })).items), ["d3", "d8"]);
      assert.deepEqual(sortedIds((await queue.dead.list({ subscriptionId: "s0", url: a })).items), ["d0", "d6"]);
      assert.deepEqual((await queue.dead.list({ event: "task.failed" })).items, []);
      const span = { fromMs: startMs + 200, toMs: startMs + 400 };
      assert.deepEqual(idsOf((await queue.dead.list(span)).items), ["d3", "d2"]);
      await refused("asap:config/invalid_option", () => queue.dead.list({}, { limit: 0 }));
      await refused("asap:config/invalid_option", () => queue.dead.list({}, { after: "?" }));
    },
  },
  {
    name: "a dead letter that is put back has its id, no attempts and one more replay",
    async hold({ queue, clock }) {
      await die(queue, [delivery("d", { expiresMs: startMs + 10 }), delivery("e")]);
      clock.ms += 5_000;
      assert.deepEqual(await queue.dead.replay(["d", "nobody", "d"]), [true, false, false]);
      const [again, ...others] = await claimed(queue);
      assert.deepEqual([others, again?.id, again?.attempt, again?.replays], [[], "d", 1, 1]);
      assert.equal(again?.body, delivery("d").body);
      assert.equal(await queue.dead.get("d"), undefined);
      await settle(queue, again === undefined ? [] : [again], { kind: "dead", reason: "again" });
      assert.equal((await queue.dead.get("d"))?.replays, 1);
      const series = (await queue.history({ deliveryId: "d" })).items.map((one) => [one.replays, one.attempt]);
      assert.deepEqual(series.sort(), [
        [0, 1],
        [1, 1],
      ]);
    },
  },
  {
    name: "dead letters are put back for the moments that are asked for",
    async hold({ queue, clock }) {
      await die(queue, deliveries(3, "d"));
      assert.deepEqual(await queue.dead.replay(["d0", "d1", "d2"], [startMs + 100, startMs + 200, startMs + 300]), [
        true,
        true,
        true,
      ]);
      for (const id of ["d0", "d1", "d2"]) {
        assert.deepEqual(await claimed(queue), []);
        clock.ms += 100;
        assert.deepEqual(idsOf(await claimed(queue)), [id]);
      }
    },
  },
  {
    name: "dead letters are not put back into a full queue",
    maxPending: 3,
    async hold({ queue }) {
      await die(queue, deliveries(2, "dead"));
      await queue.enqueue(deliveries(2, "d"));
      await refused("asap:webhook/queue_full", () => queue.dead.replay(["dead0", "dead1"]));
      assert.equal((await queue.stats()).dead, 2);
      assert.deepEqual(await queue.dead.replay(["dead0"]), [true]);
    },
  },
  {
    name: "dead letters that are deleted are gone for good",
    async hold({ queue }) {
      await die(queue, deliveries(2, "d"));
      assert.deepEqual(await queue.dead.delete(["d0", "nobody"]), [true, false]);
      assert.deepEqual(await queue.dead.replay(["d0"]), [false]);
      assert.deepEqual(idsOf((await queue.dead.list()).items), ["d1"]);
      assert.deepEqual(await queue.enqueue([delivery("d0")]), ["added"]);
    },
  },
  {
    name: "a dead letter that another process puts back is claimed with the same id",
    async hold({ queue, again }) {
      await die(queue, [delivery("d")]);
      const other = (await again()).store.queue;
      assert.deepEqual(await other.dead.replay(["d"]), [true]);
      let held = await claimed(queue);
      for (let tries = 0; held.length === 0 && tries < 400; tries += 1) held = await claimed(queue);
      assert.deepEqual([idsOf(held), held[0]?.replays], [["d"], 1]);
    },
  },
  {
    name: "every attempt is in the history with all that is known of it",
    async hold({ queue }) {
      await queue.enqueue([delivery("d")]);
      const more = {
        startedMs: startMs + 1,
        elapsedMs: 12,
        status: 0,
        address: "2001:db8::1",
        error: "asap:transport/timeout",
        reason: "It took too long.",
        response: "…",
      };
      await queue.settle(
        (await claimed(queue)).map((one) => settlement(one, { kind: "retry", atMs: startMs }, more)),
        circuit,
      );
      const { url, taskId, subscriptionId, event } = delivery("d");
      const expected = { ...more, deliveryId: "d", url, taskId, subscriptionId, event, attempt: 1, replays: 0 };
      assert.deepEqual((await queue.history()).items, [{ ...expected, outcome: "retry" }]);
    },
  },
  {
    name: "the history is listed the latest first, what fits, page by page",
    async hold({ queue }) {
      const attempts = Array.from({ length: 10 }, (_, index) =>
        attempt(`d${index}`, {
          startedMs: startMs + index * 100,
          url: index % 2 === 0 ? a : b,
          taskId: `task-${index % 5}`,
          status: index < 5 ? 200 : 500,
          outcome: index < 5 ? "delivered" : "retry",
        }),
      );
      await queue.restore({ attempts: [...attempts.slice(5), ...attempts.slice(0, 5)] });
      await queue.restore({ attempts });
      const ids = async (filter: AttemptFilter) =>
        (await paged((page) => queue.history(filter, page))).map(({ deliveryId }) => deliveryId);
      assert.deepEqual(
        await ids({}),
        Array.from({ length: 10 }, (_, index) => `d${9 - index}`),
      );
      assert.deepEqual(await ids({ url: b }), ["d9", "d7", "d5", "d3", "d1"]);
      assert.deepEqual(await ids({ taskId: "task-2" }), ["d7", "d2"]);
      assert.deepEqual(await ids({ deliveryId: "d4" }), ["d4"]);
      assert.deepEqual(await ids({ outcome: "retry", url: a }), ["d8", "d6"]);
      assert.deepEqual(await ids({ status: 200, fromMs: startMs + 200, toMs: startMs + 400 }), ["d3", "d2"]);
      assert.deepEqual((await queue.history({ deliveryId: "d3" })).items, [attempts[3]]);
    },
  },
  {
    name: "attempts of one moment are each on one page",
    async hold({ queue }) {
      await queue.restore({ attempts: Array.from({ length: 10 }, (_, index) => attempt(`d${index}`)) });
      const all = await paged((page) => queue.history({}, page));
      assert.equal(new Set(all.map(({ deliveryId }) => deliveryId)).size, 10);
      assert.equal(all.length, 10);
    },
  },
  {
    name: "totals count attempts per URL, by what came of them",
    async hold({ queue }) {
      const timeout = { outcome: "retry", status: 0, error: "asap:transport/timeout" } as const;
      await queue.restore({
        attempts: [
          attempt("1"),
          attempt("2", timeout),
          attempt("2", { ...timeout, attempt: 2, elapsedMs: 90 }),
          attempt("2", { attempt: 3, outcome: "dead", status: 503 }),
          attempt("3", { url: b, startedMs: startMs + 1_000 }),
        ],
      });
      const ofA = {
        url: a,
        attempts: 4,
        delivered: 1,
        failed: 3,
        retries: 2,
        dead: 1,
        elapsedMs: 120,
        errors: { "asap:transport/timeout": 2, status_503: 1 },
      };
      const ofB = { url: b, attempts: 1, delivered: 1, failed: 0, retries: 0, dead: 0, elapsedMs: 10, errors: {} };
      assert.deepEqual(await queue.totals(), [ofA, ofB]);
      assert.deepEqual(await queue.totals({ fromMs: startMs + 1 }), [ofB]);
      assert.deepEqual(await queue.totals({ taskId: "nobody's" }), []);
    },
  },
  {
    name: "what ended before a moment is deleted, as far as it is asked for",
    async hold({ queue }) {
      await queue.restore({
        attempts: [0, 100, 200].map((ms) => attempt(`d${ms}`, { startedMs: startMs + ms, elapsedMs: 0 })),
        dead: [0, 100, 200].map((ms) => letter(`dead${ms}`, { diedMs: startMs + ms })),
      });
      assert.equal(await queue.prune({ attemptsMs: startMs + 100 }), 1);
      assert.equal(await queue.prune({ deadMs: startMs + 200 }), 2);
      assert.equal(await queue.prune({}), 0);
      assert.equal((await queue.history()).items.length, 2);
      assert.deepEqual(idsOf((await queue.dead.list()).items), ["dead200"]);
    },
  },
  {
    name: "deliveries are listed with where they stand, those that fit, page by page",
    async hold({ queue }) {
      await queue.enqueue(deliveries(7, "d"));
      await queue.enqueue(deliveries(3, "e", { url: b, subscriptionId: "other", taskId: "task" }));
      const held = await claimed(queue, { perEndpoint: 1, maxEndpoints: 1 });
      await settle(queue, held, { kind: "retry", atMs: startMs + 777 });
      await claimed(queue, { perEndpoint: 1, maxEndpoints: 1 });
      const all = await paged((page) => queue.list({}, page));
      assert.deepEqual(sortedIds(all), [
        ...Array.from({ length: 7 }, (_, index) => `d${index}`),
        ...Array.from({ length: 3 }, (_, index) => `e${index}`),
      ]);
      assert.equal(all.filter(({ state }) => state === "leased").length, 1);
      const retried = all.find(({ id }) => id === held[0]?.id);
      assert.deepEqual([retried?.attempts, retried?.dueMs, retried?.state], [1, startMs + 777, "pending"]);
      assert.deepEqual(sortedIds((await queue.list({ taskId: "task" })).items), ["e0", "e1", "e2"]);
      assert.deepEqual((await queue.list({ url: b, subscriptionId: "subscription" })).items, []);
    },
  },
  {
    name: "deliveries of a subscription that wait are dropped, by whichever process",
    async hold({ queue, again }) {
      const other = (await again()).store.queue;
      await queue.enqueue([
        ...deliveries(5, "d", { orderKey: "k" }),
        ...deliveries(3, "e", { subscriptionId: "other" }),
      ]);
      assert.equal(await queue.drop("nobody's"), 0);
      assert.deepEqual(sortedIds(await claimed(queue, { perEndpoint: 1 })).length, 1);
      await queue.enqueue(deliveries(2, "f", { subscriptionId: "third" }));
      assert.equal(await other.drop("third"), 2);
      await queue.enqueue(deliveries(2, "g"));
      assert.equal(await queue.drop("other"), 3);
      assert.ok((await claimed(queue)).every(({ id }) => !id.startsWith("e") && !id.startsWith("f")));
    },
  },
  {
    name: "how full the queue is can be told",
    async hold({ queue, clock }) {
      const empty = { pending: 0, leased: 0, dead: 0, oldestDueMs: null, openCircuits: 0 };
      assert.deepEqual(await queue.stats(), empty);
      assert.equal(await queue.nextDueMs(), undefined);
      await queue.enqueue(deliveries(5, "d"));
      clock.ms += 100;
      await claimed(queue, { perEndpoint: 2 });
      assert.deepEqual(await queue.stats(), { ...empty, pending: 3, leased: 2, oldestDueMs: startMs });
      assert.equal((await queue.endpoints()).items[0]?.pending, 5);
    },
  },
  {
    name: "records of another queue are taken over as they are, in place of those with the same id",
    async hold({ queue, clock }) {
      await die(queue, [delivery("dead")]);
      await queue.enqueue([delivery("d"), delivery("was")]);
      const deliveriesThere = [
        queued("d", { attempts: 3, replays: 2, dueMs: startMs + 500, body: "[1]" }),
        queued("new", { state: "leased", attempts: 1 }),
      ];
      const dead = [letter("dead"), letter("buried")];
      for (let time = 0; time < 2; time += 1) await queue.restore({ deliveries: deliveriesThere, dead });
      assert.deepEqual(await queue.dead.get("buried"), letter("buried"));
      assert.deepEqual(await queue.dead.get("dead"), letter("dead"));
      const first = await claimed(queue);
      assert.deepEqual(sortedIds(first), ["new", "was"]);
      assert.equal(first.find(({ id }) => id === "new")?.attempt, 2);
      clock.ms += 500;
      const [last, ...others] = await claimed(queue);
      assert.deepEqual([others, last?.id, last?.attempt, last?.replays, last?.body], [[], "d", 4, 2, "[1]"]);
    },
  },
];
