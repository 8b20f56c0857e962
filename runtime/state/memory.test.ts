import { describe, expect, test } from "vitest";
import { stateContract } from "./contract/index.js";
import { memoryState } from "./memory.js";

describe("state in memory keeps the contract (STATE-001, STATE-003, STW-001, STW-002, STW-003, STW-004, STW-006)", () => {
  for (const { name, run } of stateContract({ open: async () => memoryState(), forgets: true })) test(name, run);
});

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
});
