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
        if (kind === "usage" && done > 500) abort.abort(new Error("interrupted"));
      },
    });
    await expect(run).rejects.toThrow("interrupted");
    const second = await moveState(from, to);
    expect(second.snapshots.written).toBe(0);
    expect(second.usage.written).toBe(203);
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
    expect(seen.slice(0, 2)).toEqual([
      { kind: "snapshots", total: 600, done: 500, written: 500 },
      { kind: "snapshots", total: 600, done: 600, written: 600 },
    ]);
  });

  test("an empty store moves", async () => {
    const { tasks } = await moveState(memoryState(), memoryState());
    expect(tasks).toMatchObject({ count: 0, written: 0, extra: 0 });
  });
});
