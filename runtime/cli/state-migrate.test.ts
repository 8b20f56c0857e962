import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openState } from "../state/open-state.js";
import { asap } from "../testing/asap-command.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { memoryIo } from "../testing/memory-io.js";
import { hasSqlite } from "../testing/services.js";
import { filePlace, placeKinds, type StatePlace } from "../testing/state-places.js";
import { run } from "./run.js";
import { progressBar } from "./state-migrate.js";

const time = "2026-01-02T03:04:05+00:00";

async function fill(location: string, count: number): Promise<void> {
  const store = await openState(location);
  const numbers = Array.from({ length: count }, (_, index) => index);
  await Promise.all(
    numbers.map((index) =>
      store.snapshots.save({
        id: `snap-${index}`,
        task_id: `task-${index}`,
        version: 1,
        data: { index },
        checkpoint: true,
        created_at: time,
      }),
    ),
  );
  const event = { agent_id: "agent", consumer_id: "consumer", metrics: { tokens_in: 1 }, timestamp: time };
  await store.metering.record({ ...event, task_id: "task-1" }, { ...event, task_id: "task-2" });
  await store.tasks.put({
    task: { id: "task-1", conversation_id: "c", status: "completed", created_at: time, updated_at: time },
    agent: "agent",
    owner: "owner",
    version: 3,
    envelopeId: "envelope",
    idempotencyKey: null,
    request: null,
    answer: "{}",
    deadlineMs: null,
    lease: null,
  });
  await store.close();
}

async function countOf(location: string): Promise<number> {
  const store = await openState(location);
  let count = 0;
  for (let after: string | undefined; ; ) {
    const { items, next } = await store.snapshots.list({ limit: 1_000, ...(after !== undefined && { after }) });
    count += items.length;
    if (next === undefined) break;
    after = next;
  }
  await store.close();
  return count;
}

const places: StatePlace[] = [];
const placed = (place: StatePlace): string => {
  places.push(place);
  return place.location;
};
afterAll(async () => {
  for (const place of places) await place.remove();
});

/** The line of a kind in the summary of a move that came out equal. */
const equal = (kind: string, count: number, written: number, more = ""): RegExp =>
  new RegExp(`^${kind}: ${count} records, ${written} written, equal, sha256 [0-9a-f]{16}${more}$`);

describe("the bar of a move", () => {
  test.each([
    [0, 0, `snapshots [${"#".repeat(30)}] 100 %, 0 of 0`],
    [1_000, 0, `snapshots [${"-".repeat(30)}] 0 %, 0 of 1000`],
    [1_000, 500, `snapshots [${"#".repeat(15)}${"-".repeat(15)}] 50 %, 500 of 1000`],
    [1_000, 999, `snapshots [${"#".repeat(29)}-] 99 %, 999 of 1000`],
    [1_000, 1_000, `snapshots [${"#".repeat(30)}] 100 %, 1000 of 1000`],
    [1_000, 1_500, `snapshots [${"#".repeat(30)}] 100 %, 1500 of 1000`],
  ])("of %i records, %i done", (total, done, shown) => {
    expect(progressBar({ kind: "snapshots", total, done, written: 0 })).toBe(shown);
  });
});

for (const { name, isThere, fresh } of placeKinds) {
  describe.skipIf(!isThere || !hasSqlite)(`asap state migrate from SQLite to ${name}`, () => {
    test("copies everything, shows how far it is and says that both are equal (STATE-005)", async () => {
      const [from, to] = [placed(filePlace.fresh()), placed(fresh())];
      await fill(from, 1_100);
      const shown: string[] = [];
      const io = { ...memoryIo(), status: (text: string) => void shown.push(text) };
      expect([await run(["state", "migrate", from, to], io), io.err()]).toEqual([0, ""]);
      const lines = io.out().trimEnd().split("\n");
      expect(lines).toEqual([
        expect.stringMatching(equal("snapshots", 1_100, 1_100)),
        expect.stringMatching(equal("usage", 2, 2)),
        expect.stringMatching(equal("tasks", 1, 1)),
      ]);
      expect(shown).toEqual([
        ...[8, 40, 168, 668, 1_100].map((done) => progressBar({ kind: "snapshots", total: 1_100, done, written: 0 })),
        progressBar({ kind: "usage", total: 2, done: 2, written: 0 }),
        progressBar({ kind: "tasks", total: 1, done: 1, written: 0 }),
        "",
      ]);
      const back = placed(filePlace.fresh());
      const again = await asap(["state", "migrate", to, back, "--json"]);
      expect(again.code).toBe(0);
      const moved = JSON.parse(again.out);
      expect(moved.snapshots).toMatchObject({ count: 1_100, written: 1_100, extra: 0 });
      expect(lines[0]).toContain(moved.snapshots.targetDigest.slice(0, 16));
    });

    test("leaves a task that was finished in the target, and ends with 1", async () => {
      const [from, to] = [placed(filePlace.fresh()), placed(fresh())];
      await fill(from, 1);
      const [source, target] = [await openState(from), await openState(to)];
      const record = await source.tasks.get("task-1");
      if (record === undefined) throw new Error("no such task");
      await source.tasks.put({ ...record, task: { ...record.task, status: "working" }, version: 1, answer: null });
      await target.tasks.put({ ...record, version: 2 });
      await Promise.all([source.close(), target.close()]);
      const { code, out } = await asap(["state", "migrate", from, to]);
      expect(code).toBe(1);
      expect(out.trimEnd().split("\n")[2]).toBe("tasks: 1 records, 0 written, NOT EQUAL, 1 newer in the target");
      const after = await openState(to);
      expect(await after.tasks.get("task-1")).toMatchObject({ version: 2, task: { status: "completed" } });
      await after.close();
    });

    test("writes nothing twice, and tells of what the target has besides", async () => {
      const [from, to] = [placed(filePlace.fresh()), placed(fresh())];
      await fill(from, 3);
      expect((await asap(["state", "migrate", from, to])).code).toBe(0);
      const store = await openState(to);
      await store.snapshots.delete("task-1");
      const snapshot = await store.snapshots.get("task-2");
      if (snapshot !== undefined) await store.snapshots.save({ ...snapshot, task_id: "more" });
      await store.close();
      const { code, out } = await asap(["state", "migrate", from, to]);
      expect(code).toBe(0);
      expect(out.trimEnd().split("\n")).toEqual([
        expect.stringMatching(equal("snapshots", 3, 1, ", 1 more in the target")),
        expect.stringMatching(equal("usage", 2, 0)),
        expect.stringMatching(equal("tasks", 1, 0)),
      ]);
    });
  });
}

describe.skipIf(!hasSqlite)("asap state migrate", () => {
  let program: BundledProgram;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    program = await bundleProgram("runtime/cli/main.ts");
  });
  afterAll(() => {
    child?.kill("SIGKILL");
    program.remove();
  });

  test("that was killed half way goes on where it was", async () => {
    const count = 20_000;
    const [from, to] = [placed(filePlace.fresh()), placed(filePlace.fresh())];
    await fill(from, count);
    await (await openState(to)).close();
    const words = [program.path, "state", "migrate", from, to];
    const running = spawn(process.execPath, words, { stdio: "ignore" });
    child = running;
    const ended = once(running, "exit");
    while ((await countOf(to)) === 0) await wait(1);
    running.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    const there = await countOf(to);
    expect(there).toBeGreaterThan(0);
    expect(there).toBeLessThan(count);
    const { code, out } = await asap(["state", "migrate", from, to]);
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toMatch(equal("snapshots", count, count - there));
    expect(await countOf(to)).toBe(count);
  });

  test("whose target loses what it is given ends with 1 and says NOT EQUAL", async () => {
    const [from, to] = [placed(filePlace.fresh()), placed(filePlace.fresh())];
    await fill(from, 3);
    await (await openState(to)).close();
    const { openDatabase } = await import("../state/sqlite/driver.js");
    const database = await openDatabase(to.slice("sqlite:".length));
    database.exec(
      "CREATE TRIGGER lossy AFTER INSERT ON snapshots BEGIN DELETE FROM snapshots WHERE task_id = 'task-1'; END",
    );
    database.close();
    const { code, out } = await asap(["state", "migrate", from, to]);
    expect(code).toBe(1);
    expect(out.split("\n").slice(0, 2)).toEqual([
      "snapshots: 3 records, 3 written, NOT EQUAL",
      expect.stringMatching(equal("usage", 2, 2)),
    ]);
  });

  test("from a file that is not there ends with 2 and makes none", async () => {
    const { code, out, err } = await asap(["state", "migrate", "sqlite:from.db", "sqlite:to.db"], {
      cwd: program.folder,
    });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe("asap: The sqlite store cannot be used: there is no such file. (asap:state/unavailable)\n");
    expect(readdirSync(program.folder)).not.toContain("from.db");
    expect(readdirSync(program.folder)).not.toContain("to.db");
  });

  test.each([
    [["memory:"], 64, "missing required argument 'to'"],
    [["memory:", "mysql://me:canary@db.example/x"], 64, "storage must be memory:, sqlite:PATH,"],
    [["postgres:me:canary@db.example", "memory:"], 64, "storage must be memory:, sqlite:PATH,"],
    [["memory:", "postgres://me:canary@127.0.0.1:1/x"], 2, "The postgres store cannot be used: "],
    [["redis://me:canary@127.0.0.1:1", "memory:"], 2, "The redis store cannot be used: "],
    [["memory:", "memory:", "redis://me:canary@127.0.0.1:1"], 64, "too many arguments for 'migrate'."],
  ])("%j ends with %i and one line without a password", async (words, code, message) => {
    const end = await asap(["state", "migrate", ...words]);
    expect([end.code, end.out]).toEqual([code, ""]);
    expect(end.err.split("\n")).toEqual([expect.stringContaining(`asap: ${message}`), ""]);
    expect(end.err).not.toContain("canary");
  });
});
