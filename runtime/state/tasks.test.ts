import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Task } from "../../generated/models.js";
import { createAgent } from "../agent.js";
import { connectMemory } from "../client.js";
import { skill } from "../skill.js";
import { openTaskStore } from "./open.js";
import { openSqliteTasks } from "./sqlite.js";
import { TaskLog, type TaskRecord } from "./tasks.js";

const folder = mkdtempSync(join(tmpdir(), "asap-tasks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = await openSqliteTasks(":memory:").then(
  (store) => {
    store.close();
    return true;
  },
  () => false,
);
const required = process.env["ASAP_REQUIRE_SERVICES"] === "1";

const record = (id: string): TaskRecord => ({
  id,
  conversationId: "conv_1",
  parentTaskId: null,
  status: "submitted",
  progress: null,
  createdAtMs: 0,
  updatedAtMs: 0,
});

describe("TaskLog", () => {
  test("follows the state machine and refuses what it does not allow", () => {
    const moves: string[] = [];
    const log = new TaskLog({ maxTasks: 10, onTransition: (from, to) => moves.push(`${from}>${to}`) });
    const task = record("task_1");
    log.add(task);
    log.move(task, "working", 1_000);
    expect(() => log.move(task, "submitted", 2_000)).toThrow(
      expect.objectContaining({
        code: "asap:protocol/invalid_state",
        data: { from_state: "working", to_state: "submitted", task_id: "task_1" },
      }),
    );
    log.move(task, "completed", 3_000);
    expect(log.get("task_1")).toMatchObject({
      status: "completed",
      created_at: "1970-01-01T00:00:00.000Z",
      updated_at: "1970-01-01T00:00:03.000Z",
    });
    expect(moves).toEqual(["submitted>working", "working>completed"]);
  });

  test("forgets the oldest tasks once there are more than it may remember", () => {
    const log = new TaskLog({ maxTasks: 4, onTransition: () => {} });
    for (let number = 1; number <= 6; number++) log.add(record(`task_${number}`));
    expect(log.get("task_1")).toBeUndefined();
    expect(log.get("task_6")?.id).toBe("task_6");
    expect(log.get("task_4")?.id).toBe("task_4");
  });
});

describe("openTaskStore()", () => {
  test("keeps tasks in memory by default", async () => {
    expect(await openTaskStore({})).toBeUndefined();
    expect(await openTaskStore({ ASAP_STORAGE_BACKEND: "memory" })).toBeUndefined();
  });

  test("refuses a backend it does not know", async () => {
    await expect(openTaskStore({ ASAP_STORAGE_BACKEND: "floppy" })).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      data: { option: "ASAP_STORAGE_BACKEND" },
    });
  });

  test.skipIf(!built && !required)("with better-sqlite3, keeps tasks over a restart", async () => {
    const env = { ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: join(folder, "tasks.db") };
    const seen: string[] = [];
    const run = async (act: (agent: ReturnType<typeof createAgent>) => unknown) => {
      const taskStore = await openTaskStore(env);
      if (taskStore === undefined) throw new Error("The store did not open");
      const echo = skill({
        description: "Echo",
        run: (input, call) => {
          seen.push(call.taskId);
          return { echoed: input };
        },
      });
      await act(createAgent({ id: "urn:asap:agent:kept", skills: { echo }, taskStore }));
      taskStore.close();
    };
    await run((agent) => connectMemory(agent).run("echo", { message: "hi" }));
    let kept: Task | undefined;
    await run((agent) => {
      kept = agent.task(seen[0] ?? "");
    });
    expect(kept).toMatchObject({ id: seen[0], status: "completed" });
  });

  test.skipIf(!built && !required)("names a file that is no database", async () => {
    const path = join(folder, "broken.db");
    writeFileSync(path, "this is no database ".repeat(100));
    await expect(openTaskStore({ ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: path })).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      message: expect.stringContaining("broken.db"),
    });
  });
});
