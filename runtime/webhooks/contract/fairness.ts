import assert from "node:assert/strict";
import type { WebhookRule } from "./case.js";
import { startMs } from "./case.js";
import { circuit, claim, claimed, deliveries, delivery, idsOf, settle } from "./records.js";

const [a, b, c] = ["https://a.example/", "https://b.example/", "https://c.example/"] as const;
const rate = { perMinute: 600, burst: 10 };

/** Rules on whose turn it is: endpoints, rates and circuits. */
export const fairnessRules: readonly WebhookRule[] = [
  {
    name: "of one endpoint the oldest come first, as many as are asked for",
    async hold({ queue, clock }) {
      for (const id of ["first", "second", "third"]) {
        await queue.enqueue([delivery(id)]);
        clock.ms += 10;
      }
      assert.deepEqual(idsOf(await claimed(queue, { perEndpoint: 2 })), ["first", "second"]);
      assert.deepEqual(idsOf(await claimed(queue, { perEndpoint: 2 })), ["third"]);
    },
  },
  {
    name: "the endpoint that was served longest ago comes first",
    async hold({ queue, clock }) {
      for (const url of [a, b, c]) await queue.enqueue(deliveries(3, url, { url }));
      const served: (string | undefined)[] = [];
      for (let turn = 0; turn < 9; turn += 1) {
        clock.ms += 1;
        served.push((await claim(queue, { maxEndpoints: 1, perEndpoint: 1 }))[0]?.url);
      }
      for (let round = 0; round < 3; round += 1)
        assert.deepEqual(served.slice(round * 3, round * 3 + 3).sort(), [a, b, c]);
    },
  },
  {
    name: "of an endpoint no more is claimed than there is room for, and of one that has none nothing",
    async hold({ queue }) {
      for (const url of [a, b, c]) await queue.enqueue(deliveries(20, url, { url }));
      assert.equal((await claim(queue, { perEndpoint: 1 })).length, 3);
      const rooms = new Map([
        [a, 0],
        [b, 3],
      ]);
      const counts = async (more: object) => {
        const batches = await claim(queue, { perEndpoint: 10, endpointRate: { perMinute: 1, burst: 25 }, ...more });
        return [a, b, c].map((url) => batches.filter((batch) => batch.url === url).length);
      };
      assert.deepEqual(await counts({ room: (url: string) => rooms.get(url as typeof a) ?? 7 }), [0, 3, 7]);
      assert.deepEqual(await counts({ room: () => 0 }), [0, 0, 0]);
      assert.deepEqual(await counts({ maxEndpoints: 1, room: (url: string) => (url === b ? 1 : 0) }), [0, 1, 0]);
      assert.deepEqual(await counts({ room: () => 100 }), [10, 10, 10]);
      assert.deepEqual(await counts({}), [9, 5, 2]);
    },
  },
  {
    name: "endpoints without room keep nobody else from being served, however many they are",
    async hold({ queue, clock }) {
      for (let host = 0; host < 100; host += 1)
        await queue.enqueue(deliveries(2, `d${host}-`, { url: `https://h${host}.example/` }));
      assert.equal((await claim(queue, { perEndpoint: 1 })).length, 100);
      clock.ms += 1;
      await queue.enqueue([delivery("late", { url: a, createdMs: clock.ms })]);
      const held = await claimed(queue, { maxEndpoints: 1, room: (url) => (url === a ? 1 : 0) });
      assert.deepEqual(idsOf(held), ["late"]);
    },
  },
  {
    name: "a bucket of an endpoint gives its burst at once, then what comes back",
    async hold({ queue, clock }) {
      await queue.enqueue([...deliveries(100, a, { url: a }), ...deliveries(100, b, { url: b })]);
      const counts = { [a]: 0, [b]: 0 };
      for (let ms = 0; ms <= 3_000; ms += 25) {
        clock.ms = startMs + ms;
        for (const { url } of await claim(queue, { endpointRate: rate })) counts[url as typeof a] += 1;
        if (ms === 0) assert.deepEqual(counts, { [a]: 10, [b]: 10 });
      }
      assert.deepEqual(counts, { [a]: 40, [b]: 40 });
    },
  },
  {
    name: "what is given back unsent gives its token back, once for a batch; an attempt does not",
    async hold({ queue, clock }) {
      const slow = { perMinute: 1, burst: 2 };
      for (const [name, rates] of Object.entries({ endpoint: { endpointRate: slow }, all: { globalRate: slow } })) {
        const url = `https://${name}.example/`;
        clock.ms += 3_600_000;
        await queue.enqueue(deliveries(12, name, { url, batchSize: 3, createdMs: clock.ms }));
        const sizes = async () => {
          const batches = await claim(queue, rates);
          return [batches, batches.map((batch) => batch.deliveries.length)] as const;
        };
        const [[first, second], both] = await sizes();
        assert.deepEqual(both, [3, 3]);
        await settle(queue, second?.deliveries ?? [], { kind: "release" });
        const [[third], one] = await sizes();
        assert.deepEqual(one, [3]);
        assert.deepEqual((await sizes())[1], []);
        await settle(queue, [...(first?.deliveries ?? []), ...(third?.deliveries ?? [])], { kind: "delivered" });
        assert.deepEqual((await sizes())[1], []);
        clock.ms += 60_000;
        const [[fourth], next] = await sizes();
        assert.deepEqual(next, [3]);
        await settle(queue, fourth?.deliveries ?? [], { kind: "release" });
        const [[fifth], again] = await sizes();
        assert.deepEqual(again, [3]);
        for (const one of fifth?.deliveries ?? []) await settle(queue, [one], { kind: "release" });
        assert.ok((await sizes())[1].length <= 1, "one request gave more than one token back");
      }
    },
  },
  {
    name: "eight who claim at once stay within the buckets",
    async hold({ queue, clock }) {
      const urls = Array.from({ length: 10 }, (_, index) => `https://h${index}.example/`);
      for (const url of urls) await queue.enqueue(deliveries(30, url, { url }));
      let count = 0;
      const most = new Map<string, number>();
      for (let ms = 0; ms <= 1_000; ms += 250) {
        clock.ms = startMs + ms;
        const request = { endpointRate: rate, globalRate: { perMinute: 2_400, burst: 50 } };
        const batches = await Promise.all(
          Array.from({ length: 8 }, (_, index) => claim(queue, { ...request, owner: `claimer-${index}` })),
        );
        for (const { url } of batches.flat()) {
          count += 1;
          most.set(url, (most.get(url) ?? 0) + 1);
        }
        assert.ok(count <= 50 + ms * 0.04, `${count} in ${ms} ms`);
      }
      assert.equal(count, 90);
      for (const [url, served] of most) assert.ok(served <= 20, `${url} was served ${served} times`);
    },
  },
  {
    name: "a bucket for all together holds beside those of the endpoints",
    async hold({ queue, clock }) {
      for (const url of [a, b, c]) await queue.enqueue(deliveries(20, url, { url }));
      let count = 0;
      for (let ms = 0; ms <= 1_000; ms += 50) {
        clock.ms = startMs + ms;
        count += (await claim(queue, { endpointRate: rate, globalRate: { perMinute: 300, burst: 5 } })).length;
      }
      assert.equal(count, 10);
    },
  },
  {
    name: "what waits for a token is due when the token is back",
    async hold({ queue, clock }) {
      await queue.enqueue(deliveries(11, "d"));
      assert.equal((await claim(queue, { endpointRate: rate })).length, 10);
      assert.equal(await queue.nextDueMs(), startMs + 100);
      clock.ms = startMs + 100;
      assert.equal((await claim(queue, { endpointRate: rate })).length, 1);
    },
  },
  {
    name: "failures in a row open a circuit, one attempt tries it, and its outcome tells",
    async hold({ queue, clock }) {
      const rule = { failures: 3, openMs: 1_000 };
      await queue.enqueue(deliveries(10, "d"));
      const retry = { kind: "retry", atMs: startMs } as const;
      for (let failure = 1; failure <= 3; failure += 1) {
        const settled = await settle(queue, await claimed(queue, { perEndpoint: 1, circuit: rule }), retry, rule);
        assert.equal(settled[0]?.circuit, failure === 3 ? "opened" : undefined);
      }
      assert.deepEqual((await queue.endpoints()).items, [
        {
          url: "https://a.example/hook",
          circuit: "open",
          failures: 3,
          openUntilMs: startMs + 1_000,
          pending: 10,
        },
      ]);
      assert.equal((await queue.stats()).openCircuits, 1);
      assert.deepEqual(await claimed(queue, { circuit: rule }), []);
      assert.equal(await queue.nextDueMs(), startMs + 1_000);
      clock.ms = startMs + 1_000;
      const probe = await claim(queue, { circuit: rule });
      assert.deepEqual([probe.length, probe[0]?.isProbe, probe[0]?.deliveries.length], [1, true, 1]);
      assert.deepEqual(await claimed(queue, { circuit: rule }), [], "a second attempt was let through");
      assert.equal((await queue.endpoints()).items[0]?.circuit, "half_open");
      assert.deepEqual(await settle(queue, probe[0]?.deliveries ?? [], retry, rule), [{ result: "applied" }]);
      assert.deepEqual(await claimed(queue, { circuit: rule }), []);
      clock.ms = startMs + 2_000;
      const second = await claimed(queue, { circuit: rule });
      assert.equal(second.length, 1);
      assert.deepEqual(await settle(queue, second, { kind: "delivered" }, rule), [
        { result: "applied", circuit: "closed" },
      ]);
      assert.equal((await claimed(queue, { circuit: rule })).length, 9);
    },
  },
  {
    name: "a success between failures keeps a circuit closed, and an attempt that says nothing changes nothing",
    async hold({ queue }) {
      const rule = { failures: 2, openMs: 1_000 };
      await queue.enqueue(deliveries(12, "d"));
      const one = () => claimed(queue, { perEndpoint: 1, circuit: rule });
      for (let round = 0; round < 3; round += 1) {
        await settle(queue, await one(), { kind: "dead", reason: "gone" }, rule);
        await queue.settle(
          (await one()).map((held) => ({ delivery: held, outcome: { kind: "dead", reason: "blocked" } })),
          rule,
        );
        const [settled] = await settle(queue, await one(), { kind: "delivered" }, rule);
        assert.deepEqual(settled, { result: "applied" });
      }
      assert.equal((await one()).length, 1);
    },
  },
  {
    name: "a trial that was given back, or lost, is followed by another",
    async hold({ queue, clock }) {
      const rule = { failures: 1, openMs: 1_000 };
      await queue.enqueue(deliveries(3, "d"));
      const one = (leaseMs = 10_000) => claimed(queue, { circuit: rule, leaseMs });
      await settle(queue, (await one()).slice(0, 1), { kind: "retry", atMs: startMs }, rule);
      clock.ms += 20_000;
      const first = await one();
      assert.equal(first.length, 1);
      await settle(queue, first, { kind: "release" }, rule);
      assert.equal((await one(500)).length, 1);
      assert.equal((await one()).length, 0);
      clock.ms += 501;
      assert.equal((await one()).length, 1);
    },
  },
  {
    name: "a circuit that is closed by hand lets deliveries through",
    async hold({ queue }) {
      await queue.enqueue(deliveries(6, "d"));
      await settle(queue, await claimed(queue), { kind: "retry", atMs: startMs });
      assert.deepEqual(await claimed(queue), []);
      await queue.resetEndpoint("https://a.example/hook");
      assert.equal((await claimed(queue)).length, 6);
    },
  },
  {
    name: "an open circuit is still open for whoever opens the place next",
    durable: true,
    async hold({ queue, clock, reopened }) {
      await queue.enqueue(deliveries(5, "d"));
      await settle(queue, await claimed(queue), { kind: "retry", atMs: startMs });
      const next = (await reopened()).queue;
      assert.deepEqual(await claimed(next), []);
      clock.ms += circuit.openMs;
      assert.equal((await claimed(next)).length, 1);
    },
  },
  {
    name: "an endpoint that is held up delays no other, however much waits for it",
    async hold({ queue, clock }) {
      const rule = { failures: 1, openMs: 3_600_000 };
      await queue.enqueue([delivery("first", { url: a })]);
      await settle(queue, await claimed(queue), { kind: "dead", reason: "gone" }, rule);
      for (let part = 0; part < 10; part += 1) await queue.enqueue(deliveries(1_000, `a${part}-`, { url: a }));
      clock.ms += 1;
      await queue.enqueue([...deliveries(20, b, { url: b }), ...deliveries(20, c, { url: c })]);
      const seen: string[] = [];
      for (let turn = 0; turn < 10; turn += 1) {
        const batches = await claim(queue, { maxEndpoints: 2, perEndpoint: 2, circuit: rule });
        assert.equal(batches.flatMap((batch) => batch.deliveries).length, 4);
        seen.push(...batches.map(({ url }) => url));
      }
      assert.ok(!seen.includes(a));
      assert.deepEqual(await claim(queue, { circuit: rule }), []);
      assert.equal((await queue.stats()).pending, 10_000);
    },
  },
];
