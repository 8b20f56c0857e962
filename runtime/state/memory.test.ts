import { describe, expect, test } from "vitest";
import { stateContract } from "./contract/index.js";
import { memoryState } from "./memory.js";
import type { NewTask, TaskRecord, TaskStore } from "./task-store.js";

describe("state in memory keeps the contract (STATE-001, STATE-003, STW-001, STW-002, STW-003, STW-004, STW-006)", () => {
  for (const { name, run } of stateContract({ open: async () => memoryState(), forgets: true })) test(name, run);
});

/** Whole numbers below a bound, the same ones for a seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe("bounds of state in memory", () => {
  const finished = (id: string) => ({
    task: {
      id,
      conversation_id: "c",
      status: "completed" as const,
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
    },
    agent: "agent",
    owner: "o",
    envelopeId: id,
    idempotencyKey: null,
    request: null,
    answer: "{}",
    deadlineMs: null,
    version: 1,
    lease: null,
  });

  test("finished tasks are kept up to a number, the latest", async () => {
    const { tasks } = memoryState({ maxFinishedTasks: 3 });
    for (const id of ["a", "b", "c", "d"]) await tasks.put(finished(id));
    expect((await tasks.list()).items.map(({ task }) => task.id)).toEqual(["b", "c", "d"]);
    expect(await tasks.find("agent", "o", { envelopeId: "a" })).toBeUndefined();
  });

  test("finished tasks are kept for a time", async () => {
    let now = 0;
    const { tasks } = memoryState({ finishedTaskMs: 1_000, now: () => now });
    await tasks.put(finished("a"));
    now = 1_001;
    await tasks.put(finished("b"));
    expect(await tasks.get("a")).toBeUndefined();
    expect(await tasks.get("b")).toBeDefined();
  });

  const idsIn = async (tasks: TaskStore) => (await tasks.list()).items.map(({ task }) => task.id).sort();

  test("a task that ends anew in the same millisecond is one of the latest", async () => {
    const { tasks } = memoryState({ maxFinishedTasks: 3, now: () => 0 });
    for (const id of ["a", "b", "c", "a", "d"]) await tasks.put(finished(id));
    expect(await idsIn(tasks)).toEqual(["a", "c", "d"]);
  });

  test("both bounds hold however tasks end, end anew, go back to work and are purged", async () => {
    const maxFinishedTasks = 20;
    const finishedTaskMs = 50;
    let now = 0;
    const { tasks } = memoryState({ maxFinishedTasks, finishedTaskMs, now: () => now });
    const ended = new Map<string, number>();
    const working = new Set<string>();
    const random = seeded(7);
    for (let step = 0; step < 5_000; step += 1) {
      now += random(4);
      const id = `task ${random(60)}`;
      const kind = random(100);
      ended.delete(id);
      working.delete(id);
      if (kind === 0) {
        await tasks.purge(Number.MAX_SAFE_INTEGER);
        ended.clear();
      }
      const { task, ...rest } = finished(id);
      const status = kind < 80 ? "completed" : "working";
      await tasks.put({ ...rest, task: { ...task, status } });
      if (status === "working") working.add(id);
      else ended.set(id, now);
      for (const [oldest, at] of ended) {
        if (ended.size <= maxFinishedTasks && now - at <= finishedTaskMs) break;
        ended.delete(oldest);
      }
      if (step % 10 === 0) expect(await idsIn(tasks)).toEqual([...ended.keys(), ...working].sort());
    }
  });

  test("many more tasks than are kept leave the latest, found by what asked for them", async () => {
    const { tasks } = memoryState({ maxFinishedTasks: 100 });
    const fresh = (id: string): NewTask => ({ ...finished(id), lease: { holder: "one", forMs: 1 } });
    for (let n = 0; n < 20_000; n += 1) await tasks.create(fresh(`task ${n}`));
    expect(await idsIn(tasks)).toEqual(Array.from({ length: 100 }, (_, n) => `task ${19_900 + n}`).sort());
    expect(await tasks.find("agent", "o", { envelopeId: "task 19899" })).toBeUndefined();
    expect(await tasks.find("agent", "o", { envelopeId: "task 19900" })).toBeDefined();
    const again = await tasks.create(fresh("task 0"));
    expect(again.outcome).toBe("created");
  });
});

describe("records of tasks in memory", () => {
  const id = "task";
  const at = "2026-01-01T00:00:00Z";
  const given = () => {
    const progress = { percent: 1, deep: { list: [{ step: 1 }] } };
    const task = { id, conversation_id: "c", status: "working" as const, progress, created_at: at, updated_at: at };
    const asked = { agent: "agent", owner: "o", envelopeId: "e", idempotencyKey: "k", request: "{}", answer: null };
    return { task, ...asked, deadlineMs: null, lease: { holder: "one", forMs: 60_000 } } satisfies NewTask;
  };

  /** Changes whatever a record holds. */
  const spoil = (record: object | undefined): void => {
    for (const [name, value] of Object.entries(record ?? {})) {
      if (typeof value === "object" && value !== null) spoil(value);
      else Object.assign(record as object, { [name]: "spoilt" });
    }
  };

  test("are copies: what is done to one that was given or told changes nothing that is kept", async () => {
    const { tasks } = memoryState();
    const whole = given();
    const made = await tasks.create(whole);
    const kept = structuredClone(made.record);
    const look = async () => {
      expect(await tasks.get(id)).toEqual(kept);
    };
    spoil(whole);
    await look();
    spoil(made.record);
    await look();
    const repeated = await tasks.create({ ...given(), task: { ...given().task, id: "another" } });
    expect(repeated.outcome).toBe("exists");
    spoil(repeated.record);
    await look();
    spoil(await tasks.get(id));
    spoil(await tasks.find("agent", "o", { envelopeId: "e" }));
    for (const record of (await tasks.list()).items) spoil(record);
    await look();
  });

  test("are copies also where they are changed, claimed and put", async () => {
    let now = 0;
    const { tasks } = memoryState({ now: () => now });
    await tasks.create(given());
    const progress = { percent: 2, deep: { list: [{ step: 2 }] } };
    const change = { task: { ...given().task, progress }, lease: { holder: "one", forMs: 60_000 } };
    const changed = await tasks.change(id, 1, change);
    const expected = structuredClone(changed);
    spoil(change);
    spoil(changed);
    expect(await tasks.get(id)).toEqual(expected);
    now = 60_001;
    const [claimed] = await tasks.claim("agent", { holder: "two", forMs: 1 }, 1);
    const kept = structuredClone(claimed) as TaskRecord;
    spoil(claimed);
    expect(await tasks.get(id)).toEqual(kept);
    const put = structuredClone(kept);
    await tasks.put(put);
    spoil(put);
    expect(await tasks.get(id)).toEqual(kept);
  });
});
