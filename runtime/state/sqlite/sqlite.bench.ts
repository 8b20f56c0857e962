import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StateSnapshot } from "../../../generated/models.js";
import { median } from "../../testing/measured-process.js";
import type { StateStore } from "../state-store.js";
import { openDatabase } from "./driver.js";
import { type SqliteStateOptions, sqliteState } from "./open.js";
import { migrate } from "./schema.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 7);
const most = Number(process.env["BENCH_SNAPSHOTS"] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), "asap-bench-"));

const snapshot = (taskId: string, version: number): StateSnapshot => ({
  id: `snap_${version}`,
  task_id: taskId,
  version,
  data: { step: version, note: "half way through the second part", items: [1, 2, 3, 4], done: false, ratio: 0.25 },
  checkpoint: true,
  created_at: "2026-01-02T03:04:05.678Z",
});

/** Operations a second of work that is done again and again. */
async function rateOf(count: number, work: (index: number) => unknown): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) await work(index);
  return (count / (performance.now() - startedAt)) * 1_000;
}

let places = 0;
const place = (): string => join(folder, `${places++}.db`);

async function saves(durability: NonNullable<SqliteStateOptions["durability"]>): Promise<boolean> {
  const bare = await openDatabase(place());
  bare.exec("PRAGMA journal_mode = WAL");
  bare.exec(`PRAGMA synchronous = ${durability}`);
  bare.exec("PRAGMA wal_autocheckpoint = 4000");
  migrate(bare);
  const insert = bare.prepare("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)");
  const store = await sqliteState({ path: place(), durability });
  const count = durability === "full" ? 1_000 : 5_000;
  const figures: { readonly base: number; readonly one: number; readonly many: number }[] = [];
  for (let round = 0; round < rounds + 1; round += 1) {
    const task = `task-${round}`;
    const base = await rateOf(count, (index) => {
      const { task_id, id, version, data, checkpoint, created_at } = snapshot(task, index + 1);
      insert.run(task_id, id, version, JSON.stringify(data), checkpoint ? 1 : 0, created_at);
    });
    const one = await rateOf(count, (index) => store.snapshots.save(snapshot(task, index + 1)));
    const many = 64 * (await rateOf(Math.ceil(count / 8), (turn) => atOnce(store, `${task}-many`, turn)));
    if (round > 0) figures.push({ base, one, many });
  }
  bare.close();
  await store.close();
  const shown = (pick: (figure: (typeof figures)[number]) => number) => median(figures.map(pick)).toFixed(0);
  const byOne = median(figures.map(({ base, one }) => one / base));
  const byMany = median(figures.map(({ one, many }) => many / one));
  console.log(`saving a snapshot, synchronous ${durability.toUpperCase()}, ${rounds} rounds`);
  console.log(
    `  bare prepared insert ${shown(({ base }) => base)}/s, one saver ${shown(({ one }) => one)}/s, 64 ${shown(({ many }) => many)}/s`,
  );
  console.log(`  ratio one saver to bare insert, ${durability}: ${byOne.toFixed(2)} (at least 0.6)`);
  console.log(`  ratio 64 savers to one, ${durability}: ${byMany.toFixed(2)} (at least 3)`);
  return byOne >= 0.6 && byMany >= 3;
}

const atOnce = (store: StateStore, task: string, turn: number): Promise<unknown> =>
  Promise.all(Array.from({ length: 64 }, (_, index) => store.snapshots.save(snapshot(task, turn * 64 + index + 1))));

/** Time of one get as the store grows. */
async function gets(): Promise<boolean> {
  const path = place();
  const database = await openDatabase(path);
  database.exec("PRAGMA journal_mode = WAL");
  migrate(database);
  const insert = database.prepare("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?)");
  const text = JSON.stringify(snapshot("task", 1).data);
  const curve: { readonly size: number; readonly us: number }[] = [];
  let filled = 0;
  for (let size = 1_000; size <= most; size *= 10) {
    database.exec("BEGIN");
    for (; filled < size; filled += 1)
      insert.run(`task-${filled >> 3}`, "s", (filled & 7) + 1, text, 1, "2026-01-02T03:04:05+00:00");
    database.exec("COMMIT");
    const store = await sqliteState({ path });
    const pick = (index: number) => `task-${(index * 7_919) % (size >> 3)}`;
    await rateOf(2_000, (index) => store.snapshots.get(pick(index)));
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      rates.push(await rateOf(5_000, (index) => store.snapshots.get(pick(index))));
    curve.push({ size, us: 1e6 / median(rates) });
    await store.close();
  }
  database.close();
  const [first, last] = [curve[0]?.us ?? Number.NaN, curve.at(-1)?.us ?? Number.NaN];
  for (const { size, us } of curve)
    console.log(`  get among ${String(size).padStart(9)} snapshots  ${us.toFixed(2)} us`);
  console.log(`  ratio of the first to the last: ${(first / last).toFixed(2)} (at least 0.5)`);
  return first / last >= 0.5;
}

try {
  const held = [await saves("full"), await saves("normal"), await gets()];
  process.exitCode = held.every(Boolean) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
