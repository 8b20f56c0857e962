import { describe, expect, test } from "vitest";
import { memoryState } from "./memory.js";
import { moveState } from "./move.js";
import type { StateStore } from "./state-store.js";
import type { TaskRecord } from "./task-store.js";

const time = "2026-01-02T03:04:05+00:00";

async function filled(count: number): Promise<StateStore> {
  const store = memoryState();
  for (let index = 0; index < count; index += 1) {
    const id = `task-${index % 700}`;
    const version = 1 + Math.floor(index / 700);
    await store.snapshots.save({
      id: `s${index}`,
      task_id: id,
      version,
      data: { index, "2": 0, "1": 0 },
      created_at: time,
    });
  }
  await store.metering.record(
    ...Array.from({ length: count }, (_, index) => ({
      task_id: `task-${index}`,
      agent_id: "agent",
      consumer_id: "consumer",
      metrics: { tokens_in: index },
      timestamp: time,
    })),
  );
  for (let index = 0; index < count; index += 1) {
    const task: TaskRecord["task"] = {
      id: `task-${index}`,
      conversation_id: "c",
      status: index % 2 === 0 ? "working" : "completed",
      created_at: new Date(index % 10).toISOString(),
      updated_at: time,
    };
    const lease = index % 3 === 0 ? { untilMs: 5, holder: "h" } : null;
    await store.tasks.put({
      lease,
      task,
      agent: "agent",
      owner: "owner",
      version: 1 + index,
      envelopeId: `e${index}`,
      idempotencyKey: null,
      request: "{}",
      answer: null,
      deadlineMs: index,
    });
  }
  return store;
}

describe("moving state (STATE-005)", () => {
  test("moves everything, and both digests are equal", async () => {
    const from = await filled(1_203);
    const to = memoryState();
    const moved = await moveState(from, to);
    for (const kind of ["snapshots", "usage", "tasks"] as const) {
      expect(moved[kind]).toMatchObject({ count: 1_203, written: 1_203, extra: 0 });
      expect(moved[kind].targetDigest).toBe(moved[kind].sourceDigest);
    }
    expect(await to.tasks.get("task-9")).toEqual(await from.tasks.get("task-9"));
    expect(await to.snapshots.listVersions("task-1")).toEqual([1, 2]);
    expect(await to.metering.aggregate("agent", "x")).toEqual(await from.metering.aggregate("agent", "x"));
  });

  test("a second run writes nothing, and one after an interruption writes what is missing", async () => {
    const from = await filled(1_203);
    const to = memoryState();
    const abort = new AbortController();
    const run = moveState(from, to, {
      signal: abort.signal,
      onProgress: ({ kind, done }) => {
        if (kind === "usage" && done > 600) abort.abort(new Error("interrupted"));
      },
    });
    await expect(run).rejects.toThrow("interrupted");
    const second = await moveState(from, to);
    expect(second.snapshots.written).toBe(0);
    expect(second.usage.written).toBe(1_203 - 668);
    expect(second.tasks.written).toBe(1_203);
    const third = await moveState(from, to);
    expect(Object.values(third).map(({ written }) => written)).toEqual([0, 0, 0]);
    expect(third.usage.targetDigest).toBe(third.usage.sourceDigest);
  });

  test("a record that differs is written again, and what the target has besides is counted", async () => {
    const from = await filled(3);
    const to = await filled(0);
    await moveState(from, to);
    await to.snapshots.save({ id: "s0", task_id: "task-0", version: 1, data: { changed: true }, created_at: time });
    await to.snapshots.save({ id: "x", task_id: "another", version: 1, data: {}, created_at: time });
    await to.snapshots.save({ id: "x", task_id: "task-00", version: 1, data: {}, created_at: time });
    const { snapshots } = await moveState(from, to);
    expect(snapshots).toMatchObject({ count: 3, written: 1, extra: 2 });
    expect(snapshots.targetDigest).toBe(snapshots.sourceDigest);
    expect((await to.snapshots.get("task-0"))?.data).toEqual({ index: 0, "2": 0, "1": 0 });
  });

  test("a task that went on in the target stays, is counted, and is not called equal", async () => {
    const from = await filled(4);
    const to = memoryState();
    await moveState(from, to);
    const done = async (id: string, version: number) => {
      const record = await to.tasks.get(id);
      if (record === undefined) throw new Error("no such task");
      const task = { ...record.task, status: "completed" as const };
      await to.tasks.put({ ...record, task, version, request: null, answer: "{}", lease: null });
    };
    await done("task-0", 2);
    await done("task-2", 3);
    const later = await from.tasks.get("task-2");
    if (later !== undefined) await from.tasks.put({ ...later, version: 5 });
    const older = await to.tasks.get("task-3");
    if (older !== undefined) await to.tasks.put({ ...older, version: 2, answer: "old" });
    const { tasks } = await moveState(from, to);
    expect(tasks).toMatchObject({ count: 4, written: 1, kept: 2, extra: 0 });
    expect(tasks.targetDigest).not.toBe(tasks.sourceDigest);
    expect(await to.tasks.get("task-0")).toMatchObject({ task: { status: "completed" }, version: 2, answer: "{}" });
    expect(await to.tasks.get("task-2")).toMatchObject({ task: { status: "completed" }, version: 3 });
    expect(await to.tasks.get("task-3")).toEqual(await from.tasks.get("task-3"));
  });

  test("a snapshot that was saved again in the target stays, one saved again in the source is written", async () => {
    const from = await filled(2);
    const to = memoryState();
    await moveState(from, to);
    const again = { id: "again", version: 1, data: { again: true }, created_at: "2026-01-02T03:04:06+00:00" };
    await to.snapshots.save({ ...again, task_id: "task-0" });
    await from.snapshots.save({ ...again, task_id: "task-1" });
    const { snapshots } = await moveState(from, to);
    expect(snapshots).toMatchObject({ count: 2, written: 1, kept: 1 });
    expect(snapshots.targetDigest).not.toBe(snapshots.sourceDigest);
    expect([(await to.snapshots.get("task-0"))?.id, (await to.snapshots.get("task-1"))?.id]).toEqual([
      "again",
      "again",
    ]);
  });

  test("holds few large records at a time, and reads each store no oftener than it must", async () => {
    const from = memoryState();
    const text = "x".repeat(1_048_576);
    for (let version = 1; version <= 40; version += 1) {
      const id = `s${version}`;
      await from.snapshots.save({ id, task_id: "large", version, data: { text }, created_at: time });
    }
    const reads: Record<string, number[]> = { from: [], to: [] };
    const counted = (name: string, store: StateStore): StateStore => ({
      ...store,
      snapshots: {
        ...store.snapshots,
        async list(page) {
          const found = await store.snapshots.list(page);
          reads[name]?.push(found.items.length);
          return found;
        },
      },
    });
    const { snapshots } = await moveState(counted("from", from), counted("to", memoryState()));
    expect(snapshots).toMatchObject({ count: 40, written: 40 });
    expect(snapshots.targetDigest).toBe(snapshots.sourceDigest);
    const sum = (lengths: readonly number[] = []) => lengths.reduce((one, other) => one + other, 0);
    expect([sum(reads["from"]), sum(reads["to"])]).toEqual([80, 40]);
    expect(Math.max(...Object.values(reads).flat())).toBeLessThanOrEqual(8);
  });

  test("a target that drops what it is given is found out", async () => {
    const from = await filled(5);
    const to = memoryState();
    const lossy: StateStore = { ...to, snapshots: { ...to.snapshots, save: async () => {} } };
    const { snapshots, usage } = await moveState(from, lossy);
    expect(snapshots.targetDigest).not.toBe(snapshots.sourceDigest);
    expect(usage.targetDigest).toBe(usage.sourceDigest);
  });

  test("tells how far it is", async () => {
    const seen: unknown[] = [];
    await moveState(await filled(600), memoryState(), { onProgress: (progress) => seen.push(progress) });
    const done = [8, 40, 168, 600];
    expect(seen.slice(0, 4)).toEqual(
      done.map((each) => ({ kind: "snapshots", total: 600, done: each, written: each })),
    );
  });

  test("an empty store moves", async () => {
    const { tasks } = await moveState(memoryState(), memoryState());
    expect(tasks).toMatchObject({ count: 0, written: 0, extra: 0 });
  });
});
