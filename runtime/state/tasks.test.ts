import { describe, expect, test } from "vitest";
import { taskStates } from "../../generated/states.js";
import { type TaskEntry, TaskLog } from "./tasks.js";

const record = (status: TaskEntry["status"]): TaskEntry => ({
  id: "t",
  conversationId: "c",
  parentTaskId: null,
  depth: 0,
  status,
  progress: null,
  createdAtMs: 0,
  updatedAtMs: 0,
});

const allowed: Readonly<Record<string, readonly string[]>> = {
  submitted: ["working", "cancelled"],
  working: ["completed", "failed", "cancelled", "input_required"],
  input_required: ["working", "cancelled"],
  completed: [],
  failed: [],
  cancelled: [],
};

describe("TaskLog", () => {
  const all = Object.keys(allowed) as TaskEntry["status"][];
  test.each(all.flatMap((from) => all.map((to) => [from, to] as const)))(
    "ENT-012: from %s to %s as the transition table says",
    (from, to) => {
      const moves: string[] = [];
      const log = new TaskLog({ maxTasks: 10, onTransition: (a, b) => moves.push(`${a} ${b}`) });
      const task = record(from);
      log.add(task);
      if (allowed[from]?.includes(to)) {
        log.move(task, to, 5_000);
        expect(log.get("t")).toMatchObject({ status: to, updated_at: "1970-01-01T00:00:05.000Z" });
        expect(moves).toEqual([`${from} ${to}`]);
        return;
      }
      expect(() => log.move(task, to, 5_000)).toThrow(
        expect.objectContaining({
          code: "asap:protocol/invalid_state",
          data: { from_state: from, to_state: to, task_id: "t" },
        }),
      );
      expect(log.get("t")).toMatchObject({ status: from, updated_at: "1970-01-01T00:00:00.000Z" });
      expect(moves).toEqual([]);
    },
  );

  test("the table above is whole", () => {
    expect([...taskStates].sort()).toEqual([...all].sort());
  });

  test("ids of any length take bounded memory: early tasks are forgotten before their number is reached", () => {
    const log = new TaskLog({ maxTasks: 1_000, onTransition: () => {} });
    const conversationId = "c".repeat(5_000_000);
    for (let n = 0; n < 20; n++) log.add({ ...record("working"), id: `t${n}`, conversationId, parentTaskId: "p" });
    const known = Array.from({ length: 20 }, (_, n) => log.get(`t${n}`) !== undefined);
    expect(known.lastIndexOf(false)).toBeGreaterThan(10);
    expect(known.slice(-4)).toEqual([true, true, true, true]);
  });

  test("remembers the latest tasks, as many as it may", () => {
    const log = new TaskLog({ maxTasks: 5, onTransition: () => {} });
    for (let n = 0; n < 12; n++) log.add({ ...record("working"), id: `t${n}` });
    const known = Array.from({ length: 12 }, (_, n) => n).filter((n) => log.get(`t${n}`) !== undefined);
    expect(known).toEqual([7, 8, 9, 10, 11]);
  });

  test("what is read is a copy", () => {
    const log = new TaskLog({ maxTasks: 1, onTransition: () => {} });
    const task = { ...record("working"), progress: { percent: 5 } };
    log.add(task);
    const read = log.get("t");
    task.progress.percent = 6;
    expect(read?.progress).toEqual({ percent: 5 });
    expect(log.get("__proto__")).toBeUndefined();
  });
});
