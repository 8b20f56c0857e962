import { describe, expect, test } from "vitest";
import type { Settlement } from "../delivery.js";
import { DueQueue } from "./due-queue.js";
import { newEndpoint } from "./endpoint.js";
import { Heap } from "./heap.js";
import type { Item, Lease } from "./item.js";
import { Scheduler } from "./scheduler.js";

const below = (limit: number): number => Math.floor(Math.random() * limit);
const rounds = 20 * Number(process.env["ASAP_SOAK"] ?? 1);

describe("a heap", () => {
  test("gives what is in it in its order, whatever is moved and taken out", () => {
    for (let round = 0; round < rounds; round += 1) {
      const heap = new Heap<{ place: number; key: number }>((one, other) => one.key < other.key);
      const items = Array.from({ length: 1 + below(200) }, () => ({ place: -1, key: below(50) }));
      for (const item of items) heap.push(item);
      for (const item of items) {
        if (below(3) > 0) continue;
        item.key = below(50);
        heap.move(item);
      }
      const gone = items.filter(() => below(4) === 0);
      for (const item of gone) heap.remove(item);
      const left = items.filter((item) => !gone.includes(item)).map(({ key }) => key);
      const given: number[] = [];
      for (let item = heap.pop(); item !== undefined; item = heap.pop()) given.push(item.key);
      expect(given).toEqual(left.sort((one, other) => one - other));
    }
  });
});

describe("a queue of what is due", () => {
  test("gives items by their moment, then by their making, however they came", () => {
    for (let round = 0; round < rounds; round += 1) {
      const queue = new DueQueue();
      const endpoint = newEndpoint("https://a.example/", 0);
      let inside: Item[] = [];
      for (let seq = 0; seq < 300; seq += 1) {
        const dueMs = below(5) === 0 ? below(300) : seq;
        const plain = { line: undefined, group: undefined, expiry: undefined, attempts: 0, replays: 0, data: 0 };
        const item: Item = { seq, endpoint, dueMs, standing: "due", place: -1, ...plain };
        queue.push(item);
        inside.push(item);
        if (below(2) === 0) continue;
        const some = below(2) === 0 ? queue.peek() : inside[below(inside.length)];
        if (some === undefined) continue;
        queue.remove(some);
        inside = inside.filter((other) => other !== some);
      }
      expect(new Set(queue)).toEqual(new Set(inside));
      const given: Item[] = [];
      for (let item = queue.peek(); item !== undefined; item = queue.peek()) {
        queue.remove(item);
        given.push(item);
      }
      expect(given).toEqual(inside.sort((one, other) => one.dueMs - other.dueMs || one.seq - other.seq));
    }
  });
});

describe("a scheduler under random use", () => {
  test("holds nothing twice, keeps the order of keys and the buckets, and ends with nothing left", () => {
    for (let round = 0; round < rounds; round += 1) randomUse();
  });
});

describe("tokens of a scheduler", () => {
  const rule = { failures: 3, openMs: 200 };
  const bounds = { owner: "o", leaseMs: 300, circuit: rule, maxEndpoints: 10, perEndpoint: 10 };
  const rate = { perMinute: 1, burst: 2 };
  const free = { endpointRate: undefined, globalRate: undefined };
  const plain = { subscriptionId: "s", orderKey: null, batchMs: 0, expiresMs: null };
  for (const [name, rates] of Object.entries({ endpoint: { endpointRate: rate }, queue: { globalRate: rate } })) {
    test(`are back at the ${name} once what was claimed is released unsent, one for a batch`, () => {
      const scheduler = new Scheduler();
      for (let seq = 0; seq < 9; seq += 1)
        scheduler.add(
          { seq, dueMs: 0, attempts: 0, replays: 0, delivery: { ...plain, url: "u", batchSize: 3 } },
          seq,
          0,
        );
      const claim = () => scheduler.claim({ ...bounds, ...free, ...rates }, 0);
      const settle = (leases: readonly Lease[], outcome: Settlement["outcome"]) => {
        const plans = leases.map(({ fence }) => ({ delivery: { fence } as Settlement["delivery"], outcome }));
        scheduler.apply(scheduler.plan(plans, rule, 0), 0);
      };
      const [first, second, ...others] = claim();
      expect(others).toEqual([]);
      expect(second?.leases.length).toBe(3);
      settle(first?.leases ?? [], { kind: "delivered" });
      settle(second?.leases ?? [], { kind: "release" });
      expect(claim().map(({ leases }) => leases.length)).toEqual([3]);
    });
  }
});

const outcomes = ["delivered", "delivered", "delivered", "dead", "retry", "release"] as const;

function settlementOf({ fence }: Lease, nowMs: number): Settlement {
  const kind = outcomes[below(outcomes.length)] ?? "delivered";
  const outcome =
    kind === "retry" ? { kind, atMs: nowMs + below(500) } : kind === "dead" ? { kind, reason: "" } : { kind };
  const endpoint = below(3) === 0 ? ({ endpoint: "fails" } as const) : ({ endpoint: "works" } as const);
  return { delivery: { fence } as Settlement["delivery"], outcome, ...(kind !== "release" && endpoint) };
}

function randomUse(): void {
  const scheduler = new Scheduler();
  const rule = { failures: 3, openMs: 200 };
  const endpointRate = { perMinute: 6_000, burst: 5 };
  const request = { owner: "o", leaseMs: 300, endpointRate, globalRate: undefined, circuit: rule };
  const open = new Map<number, string | null>();
  const served = new Map<string, number>();
  let held: Lease[] = [];
  let nowMs = 1_000_000;
  const startMs = nowMs;

  const add = (seq: number) => {
    const orderKey = below(3) === 0 ? `k${below(4)}` : null;
    const url = `u${below(6)}`;
    const delivery = {
      url,
      subscriptionId: `s${below(2)}`,
      orderKey,
      batchSize: below(3) === 0 ? 3 : 1,
      batchMs: below(100),
      expiresMs: below(8) === 0 ? nowMs + below(2_000) : null,
    };
    scheduler.add({ seq, dueMs: nowMs, attempts: 0, replays: 0, delivery }, seq, nowMs);
    open.set(seq, orderKey === null ? null : `${url} ${orderKey}`);
  };
  const end = (seq: number) => expect(open.delete(seq), "ended twice").toBe(true);
  const claim = () => {
    const expired = scheduler.expired(nowMs);
    if (below(5) === 0) {
      scheduler.giveBack(expired, nowMs);
      for (const item of scheduler.expired(nowMs)) endExpired(item);
    } else {
      for (const item of expired) endExpired(item);
    }
    held = held.filter(({ fence }) => scheduler.held(fence, nowMs) !== undefined);
    const units = scheduler.claim({ ...request, maxEndpoints: 1 + below(6), perEndpoint: 1 + below(4) }, nowMs);
    for (const { endpoint, leases } of units) {
      served.set(endpoint.url, (served.get(endpoint.url) ?? 0) + 1);
      for (const lease of leases) {
        const { seq } = lease.item;
        expect(open.has(seq), "claimed after its end").toBe(true);
        expect(
          held.some(({ item }) => item.seq === seq),
          "held twice",
        ).toBe(false);
        const key = open.get(seq);
        if (key != null)
          for (const [other, its] of open)
            if (its === key && other < seq) expect.fail(`${seq} before ${other} of ${key}`);
      }
      held.push(...leases);
    }
    const most = 5 + (nowMs - startMs) / 10;
    for (const [url, count] of served) expect(count, url).toBeLessThanOrEqual(most + 1e-6);
  };
  const endExpired = (item: Item) => {
    scheduler.end([item], nowMs);
    end(item.seq);
  };
  const settle = (leases: readonly Lease[]) => {
    const plan = scheduler.plan(
      leases.map((lease) => settlementOf(lease, nowMs)),
      rule,
      nowMs,
    );
    if (below(6) === 0) {
      scheduler.undo(plan, nowMs);
      return;
    }
    const returned = new Set(leases.map(({ unit }) => unit).filter(({ isReturned }) => isReturned));
    scheduler.apply(plan, nowMs);
    for (const unit of new Set(leases.map((lease) => lease.unit))) {
      const { url } = unit.endpoint;
      if (unit.isReturned && !returned.has(unit)) served.set(url, (served.get(url) ?? 0) - 1);
    }
    for (const { lease, settlement } of plan.changes) {
      held = held.filter((other) => other !== lease);
      const { kind } = settlement.outcome;
      if (kind === "delivered" || kind === "dead") end(lease.item.seq);
    }
  };

  for (let step = 0; step < 400; step += 1) {
    if (below(2) === 0) add(step);
    if (below(3) === 0) claim();
    if (below(3) === 0) settle(held.filter(() => below(2) === 0));
    if (below(3) === 0) nowMs += below(60);
    expect(scheduler.count).toBe(open.size);
  }
  for (let step = 0; open.size > 0; step += 1) {
    expect(step, `${open.size} are never ended`).toBeLessThan(20_000);
    claim();
    settle(held);
    nowMs = held.length > 0 ? nowMs + 1 : Math.max(nowMs + 1, scheduler.nextMs(nowMs) ?? 0);
  }
  expect(scheduler.count).toBe(0);
  expect([...scheduler.leases()]).toEqual([]);
  expect(scheduler.stats(nowMs)).toMatchObject({ pending: 0, leased: 0, oldestDueMs: null });
}
