import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openDatabase } from "../../../state/sqlite/driver.js";
import { sqliteState } from "../../../state/sqlite/open.js";
import type { StateStore } from "../../../state/state-store.js";
import { median } from "../../../testing/measured-process.js";
import type { NewDelivery } from "../../delivery.js";
import type { DeliveryQueue } from "../../delivery-queue.js";
import { headOf } from "./rows.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
const callers = 1_000;
const secondsOfRound = Number(process.env["BENCH_SECONDS"] ?? 2);
const most = Number(process.env["BENCH_DELIVERIES"] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), "asap-bench-"));
const body = JSON.stringify({ event: "task.completed", data: { text: "x".repeat(250) } });
/** How much longer than SQLite alone an enqueue may take, where that takes longer than is asked for. */
const mostOfLimit = 1.75;
const circuit = { failures: 5, openMs: 60_000 };

let made = 0;
const delivery = (endpoints: number): NewDelivery => ({
  id: `01JGXW${String(made++).padStart(20, "0")}`,
  subscriptionId: "subscription",
  url: `https://h${made % endpoints}.example/hook`,
  taskId: `task_${made}`,
  event: "task.completed",
  body,
  orderKey: null,
  batchSize: 1,
  batchMs: 0,
  createdMs: Date.now(),
  expiresMs: null,
});

const claim = (queue: DeliveryQueue, maxEndpoints: number, perEndpoint: number) =>
  queue.claim({
    owner: "bench",
    maxEndpoints,
    perEndpoint,
    leaseMs: 30_000,
    endpointRate: undefined,
    globalRate: undefined,
    circuit,
  });

let places = 0;
async function opened(durability: "full" | "normal"): Promise<readonly [DeliveryQueue, StateStore]> {
  const path = join(folder, `${places++}.db`);
  const state = await sqliteState({
    path,
    durability,
    webhooks: { maxPending: 100_000_000, maxPendingPerUrl: 100_000_000 },
  });
  if (state.webhooks === undefined) throw new Error("the store has no webhooks");
  return [state.webhooks.queue, state];
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;

interface Latency {
  readonly rate: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

type Enqueue = (one: NewDelivery) => Promise<unknown>;

/** How long enqueueing takes 1,000 callers at once, in milliseconds. */
async function latency(enqueue: Enqueue, pauseMs: number): Promise<Latency> {
  const taken: number[] = [];
  const startedAt = performance.now();
  const warmAt = startedAt + 500;
  const endAt = warmAt + secondsOfRound * 1_000;
  const call = async () => {
    if (pauseMs > 0) await wait(Math.random() * pauseMs);
    for (let at = performance.now(); at < endAt; at = performance.now()) {
      await enqueue(delivery(100));
      const doneAt = performance.now();
      if (at >= warmAt) taken.push(doneAt - at);
      if (pauseMs > 0) await wait(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  taken.sort((one, other) => one - other);
  const [p50, p95, p99] = [quantile(taken, 0.5), quantile(taken, 0.95), quantile(taken, 0.99)];
  return { rate: taken.length / secondsOfRound, p50, p95, p99 };
}

async function ours(pauseMs: number): Promise<Latency> {
  const [queue, state] = await opened("full");
  await claim(queue, 1, 1);
  const figures = await latency((one) => queue.enqueue([one]), pauseMs);
  await state.close();
  return figures;
}

/** What the disk and SQLite allow: the same rows, those of a turn in one transaction, and nothing else. */
async function bare(pauseMs: number): Promise<Latency> {
  const database = await openDatabase(join(folder, `${places++}.db`));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
  database.exec(
    "CREATE TABLE rows (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, due_ms INTEGER, head TEXT, body TEXT)",
  );
  const into = (rows: number) =>
    database.prepare(`INSERT INTO rows (id, due_ms, head, body) VALUES ${Array(rows).fill("(?, ?, ?, ?)").join(", ")}`);
  const [begin, commit] = [database.prepare("BEGIN IMMEDIATE"), database.prepare("COMMIT")];
  const [some, one] = [into(50), into(1)];
  let waiting: { readonly values: readonly unknown[]; readonly done: (value: unknown) => void }[] = [];
  const write = () => {
    const group = waiting;
    waiting = [];
    begin.run();
    let from = 0;
    for (; group.length - from >= 50; from += 50)
      some.run(...group.slice(from, from + 50).flatMap(({ values }) => values));
    for (const { values } of group.slice(from)) one.run(...values);
    commit.run();
    for (const { done } of group) done(undefined);
  };
  const enqueue: Enqueue = (each) =>
    new Promise((done) => {
      if (waiting.length === 0) setImmediate(write);
      waiting.push({ values: [each.id, each.createdMs, headOf(each), each.body], done });
    });
  const figures = await latency(enqueue, pauseMs);
  database.close();
  return figures;
}

/** Held where the time is short enough, or where this machine does not write rows in that time, little longer than it does. */
async function enqueues(name: string, pauseMs: number, mostMs: number): Promise<boolean> {
  const figures: (readonly [limit: Latency, ours: Latency])[] = [];
  for (let round = 0; round < rounds; round += 1) figures.push([await bare(pauseMs), await ours(pauseMs)]);
  const print = (who: string, index: 0 | 1) => {
    const of = (pick: (figure: Latency) => number) => median(figures.map((pair) => pick(pair[index])));
    const [rate, p50, p95] = [of((each) => each.rate), of((each) => each.p50), of((each) => each.p95)];
    const p99 = of((each) => each.p99);
    console.log(
      `  ${name}, ${who}: ${rate.toFixed(0)}/s, p50 ${p50.toFixed(2)}, p95 ${p95.toFixed(2)}, p99 ${p99.toFixed(2)} ms`,
    );
    return p95;
  };
  const limit = print("SQLite alone", 0);
  const p95 = print("asap-kit    ", 1);
  const most = Math.max(mostMs, limit * mostOfLimit);
  console.log(`  enqueue p95, ${name}: ${p95.toFixed(2)} ms (under ${mostMs}, or ${mostOfLimit} of SQLite alone here)`);
  return p95 < most;
}

/** What a claim and a settlement cost per delivery, as the queue grows. */
async function claims(): Promise<boolean> {
  const [queue, state] = await opened("full");
  const curve: { readonly size: number; readonly us: number }[] = [];
  await claim(queue, 1, 1);
  let filled = 0;
  const fill = async (count: number) => {
    for (let left = count; left > 0; left -= 1_000)
      await queue.enqueue(Array.from({ length: Math.min(1_000, left) }, () => delivery(100)));
  };
  for (let size = 10_000; size <= most; size *= 10) {
    await fill(size - filled);
    filled = size;
    const costs: number[] = [];
    for (let turn = 0; turn < 150; turn += 1) {
      const startedAt = performance.now();
      const held = (await claim(queue, 8, 8)).flatMap(({ deliveries }) => deliveries);
      const facts = { startedMs: Date.now(), elapsedMs: 1, status: 200, address: "192.0.2.1" };
      const none = { error: null, reason: null, response: null };
      await queue.settle(
        held.map((one) => ({
          delivery: one,
          outcome: { kind: "delivered" },
          facts: { ...facts, ...none },
          endpoint: "works",
        })),
        circuit,
      );
      if (turn >= 50) costs.push(((performance.now() - startedAt) / held.length) * 1_000);
      filled -= held.length;
    }
    curve.push({ size, us: median(costs) });
  }
  await state.close();
  for (const { size, us } of curve)
    console.log(`  claim and settlement among ${String(size).padStart(9)} deliveries  ${us.toFixed(1)} us each`);
  const ratio = (curve.at(-1)?.us ?? Number.NaN) / (curve[0]?.us ?? Number.NaN);
  console.log(`  ratio of the last to the first: ${ratio.toFixed(2)} (at most 1.5)`);
  return ratio <= 1.5;
}

try {
  console.log(`enqueueing durably (FULL), ${callers} callers, ${rounds} rounds`);
  const held = [await enqueues("paced by 20 ms", 20, 2), await enqueues("without pauses", 0, 4), await claims()];
  process.exitCode = held.every(Boolean) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
