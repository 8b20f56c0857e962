import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { awkwardTexts, refused } from "../../state/contract/assert.js";
import type { ClaimedDelivery } from "../delivery.js";
import type { WebhookRule } from "./case.js";
import { startMs } from "./case.js";
import { claim, claimed, deliveries, delivery, idsOf, settle, sortedIds } from "./records.js";

/** Rules on what is queued, claimed and settled. */
export const claimRules: readonly WebhookRule[] = [
  {
    name: "what is queued is claimed as it was",
    async hold({ queue }) {
      const asked = delivery("d", { orderKey: "task", body: '{"text":"é ✓ 漢字 😀"}', expiresMs: startMs + 1_000 });
      assert.deepEqual(await queue.enqueue([asked]), ["added"]);
      const [batch, ...others] = await claim(queue);
      assert.deepEqual(others, []);
      const { fence, attempt, replays, ...rest } = batch?.deliveries[0] ?? ({} as ClaimedDelivery);
      assert.deepEqual(rest, asked);
      assert.deepEqual([batch?.url, batch?.isProbe, attempt, replays], [asked.url, false, 1, 0]);
      assert.equal(typeof fence, "number");
    },
  },
  {
    name: "an id is queued once, among those of one call too",
    async hold({ queue }) {
      assert.deepEqual(await queue.enqueue([delivery("a"), delivery("b"), delivery("a")]), [
        "added",
        "added",
        "exists",
      ]);
      assert.deepEqual(await queue.enqueue([delivery("b"), delivery("c")]), ["exists", "added"]);
      const many = await Promise.all(Array.from({ length: 20 }, () => queue.enqueue([delivery("d")])));
      assert.equal(many.flat().filter((each) => each === "added").length, 1);
      assert.deepEqual(sortedIds(await claimed(queue)), ["a", "b", "c", "d"]);
      assert.deepEqual(await queue.enqueue([delivery("a")]), ["exists"]);
    },
  },
  {
    name: "an id of a dead letter is there already, one that was delivered is not",
    async hold({ queue }) {
      await queue.enqueue([delivery("dead"), delivery("delivered")]);
      for (const one of await claimed(queue))
        await settle(queue, [one], one.id === "dead" ? { kind: "dead", reason: "gone" } : { kind: "delivered" });
      assert.deepEqual(await queue.enqueue([delivery("dead"), delivery("delivered")]), ["exists", "added"]);
      assert.deepEqual(idsOf(await claimed(queue)), ["delivered"]);
    },
  },
  {
    name: "what cannot be queued is refused with all that came along",
    async hold({ queue }) {
      for (const id of ["", "x".repeat(129), "nul\0"])
        await refused("asap:state/invalid_record", () => queue.enqueue([delivery("good"), delivery(id)]));
      await refused("asap:state/invalid_record", () =>
        queue.enqueue([delivery("good"), delivery("b", { taskId: "" })]),
      );
      assert.deepEqual(await claimed(queue), []);
      assert.equal((await queue.stats()).pending, 0);
    },
  },
  {
    name: "awkward ids, keys and URLs are told apart",
    async hold({ queue }) {
      const texts = awkwardTexts.filter((text) => text.length <= 128);
      await queue.enqueue(
        texts.map((text) => delivery(text, { orderKey: text, taskId: text, url: `https://a.example/${text}` })),
      );
      assert.deepEqual(sortedIds(await claimed(queue)), [...texts].sort());
    },
  },
  {
    name: "a full queue refuses a call whole and takes more once there is room",
    maxPending: 10,
    async hold({ queue }) {
      await queue.enqueue(deliveries(8, "a"));
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(3, "b")));
      assert.deepEqual(await queue.enqueue(deliveries(2, "b")), ["added", "added"]);
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(1, "c")));
      const held = await claimed(queue);
      assert.equal(held.length, 10);
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(1, "c")));
      await settle(queue, held.slice(0, 1), { kind: "delivered" });
      assert.deepEqual(await queue.enqueue(deliveries(1, "c")), ["added"]);
    },
  },
  {
    name: "many who queue at once are all there, up to the bound",
    maxPending: 150,
    async hold({ queue }) {
      const calls = Array.from({ length: 200 }, (_, index) => queue.enqueue([delivery(`d${index}`)]));
      const outcomes = await Promise.allSettled(calls);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 150);
      assert.equal((await claimed(queue)).length, 150);
    },
  },
  {
    name: "a URL that has all it may have refuses a call whole, and takes more once there is room; others go on",
    maxPendingPerUrl: 10,
    async hold({ queue }) {
      await claimed(queue);
      const other = { url: "https://b.example/" };
      await queue.enqueue(deliveries(8, "a"));
      await refused("asap:webhook/queue_full", () => queue.enqueue([delivery("b", other), ...deliveries(3, "c")]));
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(11, "b", other)));
      assert.deepEqual(await queue.enqueue(deliveries(2, "c")), ["added", "added"]);
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(1, "d")));
      assert.equal((await queue.enqueue([...deliveries(9, "b", other), delivery("b", other)])).length, 10);
      const held = (await claimed(queue)).filter(({ url }) => url !== other.url);
      assert.equal(held.length, 10);
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(1, "d")));
      await settle(queue, held.slice(0, 1), { kind: "delivered" });
      assert.deepEqual(await queue.enqueue(deliveries(1, "d")), ["added"]);
      await refused("asap:webhook/queue_full", () => queue.enqueue(deliveries(1, "e")));
    },
  },
  {
    name: "many who queue for one URL at once are all there, up to its bound",
    maxPendingPerUrl: 150,
    async hold({ queue }) {
      await claimed(queue);
      const calls = Array.from({ length: 400 }, (_, index) => {
        const url = index % 2 === 0 ? "https://a.example/" : `https://h${index}.example/`;
        return queue.enqueue([delivery(`d${index}`, { url }), delivery(`e${index}`, { url: `${url}e` })]);
      });
      const outcomes = await Promise.allSettled(calls);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 350);
      assert.equal((await claimed(queue)).length, 700);
    },
  },
  {
    name: "what is claimed is nobody else's until its lease is over",
    async hold({ queue, clock }) {
      await queue.enqueue([delivery("d")]);
      const [first] = await claimed(queue, { leaseMs: 1_000 });
      clock.ms += 999;
      assert.deepEqual(await claimed(queue, { owner: "two" }), []);
      clock.ms += 2;
      const [second] = await claimed(queue, { owner: "two" });
      assert.equal(second?.id, "d");
      assert.notEqual(second?.fence, first?.fence);
    },
  },
  {
    name: "who lost a claim writes nothing",
    async hold({ queue, clock }) {
      await queue.enqueue([delivery("d")]);
      const late = await claimed(queue, { leaseMs: 1_000 });
      clock.ms += 1_001;
      const held = await claimed(queue, { owner: "two" });
      assert.deepEqual(await queue.heartbeat(late, 60_000), [false]);
      for (const outcome of [
        { kind: "delivered" },
        { kind: "dead", reason: "gone" },
        { kind: "retry", atMs: startMs },
        { kind: "release" },
      ] as const)
        assert.deepEqual(await settle(queue, late, outcome), [{ result: "stale" }]);
      assert.deepEqual((await queue.history()).items, []);
      assert.deepEqual(await queue.heartbeat(held, 60_000), [true]);
      assert.deepEqual(await settle(queue, held, { kind: "delivered" }), [{ result: "applied" }]);
      assert.deepEqual(await settle(queue, held, { kind: "delivered" }), [{ result: "stale" }]);
      assert.equal((await queue.history()).items.length, 1);
    },
  },
  {
    name: "a heartbeat keeps a claim for another lease",
    async hold({ queue, clock }) {
      await queue.enqueue([delivery("a"), delivery("b")]);
      const held = await claimed(queue, { leaseMs: 1_000 });
      clock.ms += 900;
      const kept = held.filter(({ id }) => id === "a");
      assert.deepEqual(await queue.heartbeat(kept, 1_000), [true]);
      clock.ms += 900;
      assert.deepEqual(idsOf(await claimed(queue, { owner: "two" })), ["b"]);
      assert.deepEqual(await settle(queue, kept, { kind: "delivered" }), [{ result: "applied" }]);
    },
  },
  {
    name: "a retry is due at its moment, not before",
    async hold({ queue, clock }) {
      await queue.enqueue([delivery("d")]);
      const atMs = startMs + 12_345;
      await settle(queue, await claimed(queue), { kind: "retry", atMs });
      assert.equal(await queue.nextDueMs(), atMs);
      clock.ms = atMs - 1;
      assert.deepEqual(await claimed(queue), []);
      clock.ms = atMs;
      const [again] = await claimed(queue);
      assert.deepEqual([again?.id, again?.attempt], ["d", 2]);
    },
  },
  {
    name: "an attempt that was given back does not count",
    async hold({ queue }) {
      await queue.enqueue([delivery("d")]);
      await settle(queue, await claimed(queue), { kind: "release" });
      const [again] = await claimed(queue);
      assert.deepEqual([again?.id, again?.attempt], ["d", 1]);
      assert.deepEqual((await queue.history()).items, []);
    },
  },
  {
    name: "eight who claim at once never hold the same, and miss nothing",
    async hold({ queue, again }) {
      const others = await Promise.all(Array.from({ length: 7 }, async () => (await again()).store.queue));
      const all = Array.from({ length: 400 }, (_, index) =>
        delivery(`d${index}`, { url: `https://h${index % 13}.example/` }),
      );
      await queue.enqueue(all);
      const seen: string[] = [];
      const claimer = async (one: typeof queue, owner: string) => {
        for (let tries = 0; seen.length < all.length && tries < 400; tries += 1) {
          const held = await claimed(one, { owner, maxEndpoints: 3, perEndpoint: 2 });
          seen.push(...idsOf(held));
          await settle(one, held, { kind: "delivered" });
          if (held.length === 0) await wait(5);
        }
      };
      await Promise.all([queue, ...others].map((one, index) => claimer(one, `claimer-${index}`)));
      assert.equal(seen.length, all.length);
      assert.equal(new Set(seen).size, all.length);
      assert.equal((await queue.history({}, { limit: 1_000 })).items.length, all.length);
    },
  },
  {
    name: "what one process queues, another may claim, without a hint",
    async hold({ queue, again }) {
      const other = (await again()).store.queue;
      assert.deepEqual(await claimed(queue), []);
      await other.enqueue([delivery("d")]);
      let held: readonly ClaimedDelivery[] = [];
      for (let tries = 0; held.length === 0; tries += 1) {
        assert.ok(tries < 400, "it was never claimed");
        held = await claimed(queue);
        await wait(5);
      }
      assert.deepEqual(idsOf(held), ["d"]);
    },
  },
  {
    name: "who queues gives a hint, to those that listen",
    async hold({ queue }) {
      let hints = 0;
      const end = queue.onWake(() => {
        hints += 1;
      });
      await queue.enqueue([delivery("a")]);
      for (let tries = 0; hints === 0; tries += 1) {
        assert.ok(tries < 400, "there was no hint");
        await wait(5);
      }
      end();
    },
  },
  {
    name: "what was queued is there for whoever opens the place next",
    durable: true,
    async hold({ queue, reopened }) {
      await queue.enqueue(deliveries(20, "d"));
      const held = await claimed(queue, { perEndpoint: 3 });
      await settle(queue, held.slice(0, 1), { kind: "delivered" });
      await settle(queue, held.slice(1, 2), { kind: "dead", reason: "gone" });
      await settle(queue, held.slice(2, 3), { kind: "retry", atMs: startMs });
      const next = (await reopened()).queue;
      const left = await claimed(next);
      assert.equal(left.length, 18);
      assert.equal(left.find(({ id }) => id === held[2]?.id)?.attempt, 2);
      assert.deepEqual(idsOf((await next.dead.list()).items), [held[1]?.id]);
      assert.equal((await next.history()).items.length, 3);
      assert.deepEqual(await next.enqueue(deliveries(1, "d")), [held[0]?.id === "d0" ? "added" : "exists"]);
    },
  },
];
