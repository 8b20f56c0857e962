// Uses stores without an agent, puts a backend of one's own through the contract suite, and moves records to it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { memoryState, moveState, type StateStore, sqliteState } from "asap-kit/state";
import { stateContract } from "asap-kit/state/contract";
import { fileOf, folder, hasSqlite, open } from "./sealed-place.js";
import { sealedState } from "./sealed-state.js";

if (!hasSqlite) console.log("better-sqlite3 is not here: what would be in files is in memory");

async function keepsTheContract(): Promise<void> {
  const module = new URL("./sealed-place.js", import.meta.url);
  const held = new Map<string, number>();
  for (const { name, run } of stateContract({ open, module, forgets: !hasSqlite })) {
    await run();
    const area = name.split(":")[0] ?? "";
    held.set(area, (held.get(area) ?? 0) + 1);
  }
  const counts = [...held].map(([area, count]) => `${count} on ${area}`);
  assert.equal(held.has("crash"), hasSqlite);
  console.log(`the sealed store keeps the contract: ${counts.join(", ")}`);
}

async function savesSnapshots({ snapshots }: StateStore): Promise<void> {
  for (const version of [1, 2, 3]) {
    await snapshots.save({
      id: `snap-${version}`,
      task_id: "task-1",
      version,
      data: { step: version, note: "a canary in a mine" },
      checkpoint: true,
      created_at: new Date().toISOString(),
    });
  }
  assert.deepEqual(await snapshots.listVersions("task-1"), [1, 2, 3]);
  assert.equal((await snapshots.get("task-1"))?.data["step"], 3);
  assert.equal(await snapshots.delete("task-1", 2), true);
  assert.equal(await snapshots.get("task-1", 2), undefined);
  console.log("snapshots: the latest by default, a version by its number");
}

async function recordsUse({ metering }: StateStore): Promise<void> {
  const startMs = Date.UTC(2026, 0, 1);
  const use = (hour: number, tokens: number) => ({
    task_id: `task-${hour}`,
    agent_id: "urn:asap:agent:library",
    consumer_id: "urn:asap:agent:reader",
    metrics: { tokens_in: tokens, tokens_out: 2 * tokens, duration_ms: 150, api_calls: 1 },
    timestamp: new Date(startMs + hour * 3_600_000).toISOString(),
  });
  await metering.record(use(0, 10), use(1, 20), use(2, 30));
  const afternoon = await metering.query({ agentId: "urn:asap:agent:library", fromMs: startMs + 3_600_000 });
  assert.deepEqual(
    afternoon.items.map(({ event }) => event.task_id),
    ["task-1", "task-2"],
  );
  const total = await metering.aggregate("urn:asap:agent:library", "day");
  assert.deepEqual([total.total_tasks, total.total_tokens, total.total_duration], [3, 180, 450]);
  assert.equal(await metering.purge(startMs + 3_600_000), 1);
  console.log("use: three records are 180 tokens in all; the oldest was purged");
}

async function movesRecords(from: StateStore): Promise<void> {
  const to = await open("moved");
  const moved = await moveState(from, to);
  for (const { count, written, extra, sourceDigest, targetDigest } of Object.values(moved)) {
    assert.deepEqual([written, extra, targetDigest], [count, 0, sourceDigest]);
  }
  assert.deepEqual([moved.snapshots.count, moved.usage.count], [2, 2]);
  assert.deepEqual(await to.snapshots.get("task-1"), await from.snapshots.get("task-1"));
  const again = await moveState(from, to);
  assert.equal(again.snapshots.written + again.usage.written, 0);
  await to.close();
  console.log("moved from memory to the sealed store: equal digests; moved again: nothing to write");
}

async function isSealed(): Promise<void> {
  const other = sealedState(await sqliteState({ path: fileOf("moved") }), randomBytes(32));
  await assert.rejects(other.snapshots.get("task-1"), { code: "asap:state/corrupt" });
  await other.close();
  const files = (await readdir(folder)).filter((name) => name.startsWith("moved.db"));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "latin1")));
  assert.ok(texts.some((text) => text.includes("sealed")));
  assert.ok(!texts.some((text) => text.includes("canary")));
  console.log("the file tells nothing of what was saved, and opens with no other key");
}

try {
  await keepsTheContract();
  const store = memoryState();
  await savesSnapshots(store);
  await recordsUse(store);
  await movesRecords(store);
  if (hasSqlite) await isSealed();
  await store.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
