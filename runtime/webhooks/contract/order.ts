import assert from "node:assert/strict";
import type { WebhookRule } from "./case.js";
import { startMs } from "./case.js";
import { claim, claimed, deliveries, delivery, idsOf, settle, sortedIds } from "./records.js";

/** Rules on order within a key, batches and expiry. */
export const orderRules: readonly WebhookRule[] = [
  {
    name: "a later delivery of a key waits until the earlier ended, a retry of it included",
    async hold({ queue, clock }) {
      await queue.enqueue([
        delivery("a1", { orderKey: "a" }),
        delivery("a2", { orderKey: "a" }),
        delivery("b1", { orderKey: "b" }),
        delivery("a3", { orderKey: "a" }),
        delivery("free"),
      ]);
      const first = await claimed(queue);
      assert.deepEqual(sortedIds(first), ["a1", "b1", "free"]);
      assert.deepEqual(await claimed(queue), []);
      const head = first.filter(({ id }) => id === "a1");
      await settle(queue, head, { kind: "retry", atMs: startMs + 1_000 });
      assert.deepEqual(await claimed(queue), []);
      clock.ms += 1_000;
      const second = await claimed(queue);
      assert.deepEqual(idsOf(second), ["a1"]);
      await settle(queue, second, { kind: "delivered" });
      const third = await claimed(queue);
      assert.deepEqual(idsOf(third), ["a2"]);
      await settle(queue, third, { kind: "dead", reason: "gone" });
      const fourth = await claimed(queue);
      assert.deepEqual(idsOf(fourth), ["a3"]);
      await settle(queue, fourth, { kind: "delivered" });
      await queue.enqueue([delivery("a4", { orderKey: "a" })]);
      assert.deepEqual(idsOf(await claimed(queue)), ["a4"]);
    },
  },
  {
    name: "keys are those of one URL",
    async hold({ queue }) {
      await queue.enqueue([
        delivery("one", { orderKey: "k", url: "https://a.example/" }),
        delivery("other", { orderKey: "k", url: "https://b.example/" }),
      ]);
      assert.deepEqual(sortedIds(await claimed(queue)), ["one", "other"]);
    },
  },
  {
    name: "order holds over a lease that ran out, and a release",
    async hold({ queue, clock }) {
      await queue.enqueue([delivery("1", { orderKey: "k" }), delivery("2", { orderKey: "k" })]);
      assert.deepEqual(idsOf(await claimed(queue, { leaseMs: 100 })), ["1"]);
      clock.ms += 101;
      const held = await claimed(queue);
      assert.deepEqual(idsOf(held), ["1"]);
      await settle(queue, held, { kind: "release" });
      assert.deepEqual(idsOf(await claimed(queue)), ["1"]);
    },
  },
  {
    name: "order is kept for whoever opens the place next",
    durable: true,
    async hold({ queue, reopened }) {
      await queue.enqueue(["1", "2", "3"].map((id) => delivery(id, { orderKey: "k" })));
      await settle(queue, await claimed(queue), { kind: "retry", atMs: startMs });
      let { queue: next } = await reopened();
      for (const id of ["1", "2", "3"]) {
        const held = await claimed(next);
        assert.deepEqual(idsOf(held), [id]);
        await settle(next, held, { kind: "delivered" });
        next = (await reopened()).queue;
      }
    },
  },
  {
    name: "a batch is full, or as old as its oldest may become",
    async hold({ queue, clock }) {
      const batch = { batchSize: 3, batchMs: 1_000 };
      await queue.enqueue(deliveries(7, "d", batch));
      const full = await claim(queue);
      assert.deepEqual(
        full.map((each) => each.deliveries.length),
        [3, 3],
      );
      assert.equal(await queue.nextDueMs(), startMs + 1_000);
      clock.ms += 500;
      await queue.enqueue([delivery("late", batch)]);
      assert.deepEqual(await claim(queue), []);
      clock.ms += 499;
      assert.deepEqual(await claim(queue), []);
      clock.ms += 1;
      const old = await claim(queue);
      assert.deepEqual(
        old.map((each) => idsOf(each.deliveries)),
        [["d6", "late"]],
      );
      assert.equal((await queue.stats()).pending, 0);
    },
  },
  {
    name: "what of a batch is tried again is sent, though the rest of it ended",
    async hold({ queue, clock }) {
      const more = { batchSize: 3, batchMs: 1_000 };
      await queue.enqueue([
        delivery("a", more),
        delivery("b", more),
        delivery("1", { ...more, orderKey: "k" }),
        delivery("2", { ...more, orderKey: "k" }),
      ]);
      const held = await claimed(queue);
      assert.deepEqual(sortedIds(held), ["1", "a", "b"]);
      await settle(queue, held.slice(1), { kind: "delivered" });
      await settle(queue, held.slice(0, 1), { kind: "retry", atMs: startMs + 10 });
      clock.ms += 1_000;
      for (let left = 2; left > 0; ) {
        const some = await claimed(queue);
        assert.ok(some.length > 0, `${left} are never sent`);
        await settle(queue, some, { kind: "delivered" });
        left -= some.length;
        clock.ms += 1_000;
      }
      assert.equal((await queue.stats()).pending, 0);
    },
  },
  {
    name: "a batch spends one token",
    async hold({ queue }) {
      await queue.enqueue(deliveries(40, "d", { batchSize: 10, batchMs: 0 }));
      const batches = await claim(queue, { endpointRate: { perMinute: 1, burst: 3 } });
      assert.deepEqual(
        batches.map((each) => each.deliveries.length),
        [10, 10, 10],
      );
    },
  },
  {
    name: "a batch that failed is tried again together, without another wait",
    async hold({ queue, clock }) {
      await queue.enqueue(deliveries(3, "d", { batchSize: 3, batchMs: 60_000 }));
      const held = await claimed(queue);
      await settle(queue, held, { kind: "retry", atMs: startMs + 500 });
      clock.ms += 500;
      const [again, ...others] = await claim(queue);
      assert.deepEqual(others, []);
      assert.deepEqual(sortedIds(again?.deliveries ?? []), ["d0", "d1", "d2"]);
    },
  },
  {
    name: "deliveries of two subscriptions are in no batch together",
    async hold({ queue }) {
      const batch = { batchSize: 10, batchMs: 0 };
      await queue.enqueue([
        ...deliveries(2, "a", { ...batch, subscriptionId: "a" }),
        ...deliveries(3, "b", { ...batch, subscriptionId: "b" }),
        delivery("alone"),
      ]);
      const batches = (await claim(queue)).map((each) => each.deliveries);
      for (const each of batches) assert.equal(new Set(each.map(({ subscriptionId }) => subscriptionId)).size, 1);
      assert.equal(batches.flat().length, 6);
    },
  },
  {
    name: "what expired goes to the dead letters, whatever holds its endpoint up",
    async hold({ queue, clock }) {
      const rule = { failures: 1, openMs: 3_600_000 };
      await queue.enqueue([delivery("fails")]);
      await settle(queue, await claimed(queue, { circuit: rule }), { kind: "dead", reason: "gone" }, rule);
      await queue.enqueue([delivery("short", { expiresMs: startMs + 1_000 }), delivery("long")]);
      clock.ms += 1_000;
      assert.deepEqual(await claimed(queue, { circuit: rule }), []);
      const dead = await queue.dead.get("short");
      assert.deepEqual([dead?.reason, dead?.diedMs, dead?.attempts, dead?.status], ["expired", clock.ms, 0, 0]);
      assert.equal((await queue.stats()).pending, 1);
    },
  },
  {
    name: "an expiry lets the next of a key go on",
    async hold({ queue, clock }) {
      await queue.enqueue([
        delivery("1", { orderKey: "k", expiresMs: startMs + 10 }),
        delivery("2", { orderKey: "k", expiresMs: startMs + 10 }),
        delivery("3", { orderKey: "k" }),
      ]);
      clock.ms += 10;
      let held = await claimed(queue);
      if (held.length === 0) held = await claimed(queue);
      assert.deepEqual(idsOf(held), ["3"]);
      assert.deepEqual(sortedIds((await queue.dead.list()).items), ["1", "2"]);
    },
  },
];
