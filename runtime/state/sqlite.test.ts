import { existsSync } from "node:fs";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Task } from "../../generated/models.js";
import { createAgent } from "../agent.js";
import type { LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { ask } from "../testing/asap-request.js";
import { openTaskStore } from "./open.js";
import { openSqliteTasks } from "./sqlite.js";
import type { TaskStore } from "./task-store.js";

let folder = "";
let files = 0;
const freshPath = () => join(folder, `tasks-${++files}.db`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-tasks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const isBuilt = await openSqliteTasks(":memory:").then(
  (store) => {
    store.close();
    return true;
  },
  () => false,
);
const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";
const task: Task = {
  id: "task_1",
  conversation_id: 'c"\u0000é😀',
  parent_task_id: null,
  status: "working",
  depth: 0,
  progress: { percent: 5, ["__proto__"]: 1 },
  created_at: "2026-03-01T12:00:00.000Z",
  updated_at: "2026-03-01T12:00:00.000Z",
};

const skills = {
  echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
  later: skill({
    description: "Later",
    run: async (_input, call) => {
      await wait(5);
      if (call.envelope.trace_id === "fail") throw new Error("canary");
      return {};
    },
  }),
};

describe.runIf(isBuilt || isRequired)("tasks in an SQLite file", () => {
  test("are the same after the file was closed and opened again, the latest save counts", async () => {
    const path = freshPath();
    const first = await openSqliteTasks(path);
    first.save(task);
    first.save({ ...task, status: "completed" });
    first.close();
    const second = await openSqliteTasks(path);
    expect(second.load("task_1")).toEqual({ ...task, status: "completed" });
    expect(second.load("task_2")).toBeUndefined();
    expect(second.load("' OR 1=1 --")).toBeUndefined();
    second.close();
  });

  test("are saved at every step and found by the next agent over the same file", async () => {
    const path = freshPath();
    const seen: string[] = [];
    const taskStore = await openSqliteTasks(path);
    const watched: TaskStore = {
      ...taskStore,
      save: (each) => {
        seen.push(each.status);
        taskStore.save(each);
      },
    };
    const agent = createAgent({ id: "urn:asap:agent:server", skills, taskStore: watched, limits: { maxTasks: 1 } });
    const done = (await ask(agent)).result?.envelope.payload.task_id ?? "";
    const failed = await ask(agent, { envelope: { trace_id: "fail" }, payload: { skill_id: "later" } });
    expect(failed.error?.code).toBe(-32603);
    expect(seen).toEqual(["submitted", "working", "completed", "submitted", "working", "failed"]);
    expect(agent.task(done)?.status).toBe("completed");
    taskStore.close();

    const next = await openSqliteTasks(path);
    const heir = createAgent({ id: "urn:asap:agent:server", skills, taskStore: next });
    expect(heir.task(done)).toMatchObject({ id: done, status: "completed", conversation_id: "conv_1" });
    expect(heir.task("task_none")).toBeUndefined();
    next.close();
  });

  test("a file that is no database, or cannot be made, is a typed error", async () => {
    const path = freshPath();
    await writeFile(path, "no database at all, but long enough to be looked at ".repeat(50));
    const wrong = [path, folder, join(folder, "none", "tasks.db")];
    for (const each of wrong) {
      await expect(openSqliteTasks(each)).rejects.toMatchObject({
        code: "asap:config/invalid_option",
        data: { option: "ASAP_STORAGE_PATH" },
      });
    }
  });

  test.skipIf(!existsSync("/proc/self/fd"))("a file that is no database is let go of at once", async () => {
    const path = freshPath();
    await writeFile(path, "no database at all, but long enough to be looked at ".repeat(50));
    await expect(openSqliteTasks(path)).rejects.toThrow();
    const open = await Promise.all(
      (await readdir("/proc/self/fd")).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")),
    );
    expect(open).not.toContain(path);
  });

  test("are opened where the environment says so", async () => {
    const path = freshPath();
    const env = { ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: path };
    const store = await openTaskStore(env);
    store?.save(task);
    store?.close();
    const again = await openTaskStore(env);
    expect(again?.load("task_1")).toEqual(task);
    again?.close();
  });
});

describe("openTaskStore()", () => {
  test("keeps tasks in memory by default", async () => {
    for (const env of [{}, { ASAP_STORAGE_BACKEND: "" }, { ASAP_STORAGE_BACKEND: "memory" }]) {
      expect(await openTaskStore(env)).toBeUndefined();
    }
  });

  test.each(["redis", "SQLite", "__proto__"])("refuses the backend %s", async (backend) => {
    await expect(openTaskStore({ ASAP_STORAGE_BACKEND: backend })).rejects.toMatchObject({
      code: "asap:config/invalid_option",
      message: `ASAP_STORAGE_BACKEND must be memory or sqlite, not "${backend}"`,
    });
  });
});

describe("a store that cannot save", () => {
  const failing = (from: number): TaskStore => {
    let saves = 0;
    return {
      save: () => {
        if (++saves >= from) throw new Error("disk full");
      },
      load: () => undefined,
      close: () => {},
    };
  };

  test.each(["echo", "later"])(
    "is a failure of the task for %s, at whichever step, told to the log alone",
    async (id) => {
      for (const from of [1, 2, 3]) {
        const lines: [string, LogFields][] = [];
        const error = (event: string, fields: LogFields) => lines.push([event, fields]);
        const agent = createAgent({ id: "urn:asap:agent:server", skills, taskStore: failing(from), log: { error } });
        const reply = await ask(agent, { payload: { skill_id: id } });
        expect(reply.error).toEqual({
          code: -32603,
          message: "Internal error",
          data: { error: "Internal server error" },
        });
        expect(lines.map(([event]) => event)).toContain("asap.handler.failed");
        const taskId = String(lines[0]?.[1]["task_id"]);
        expect(agent.task(taskId)?.status).toBe(from === 3 ? "failed" : "submitted");
        expect((await ask(createAgent({ id: "urn:asap:agent:server", skills }))).result).toBeDefined();
      }
    },
  );
});
