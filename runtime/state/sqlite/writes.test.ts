import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StateSnapshot } from "../../../generated/models.js";
import { hasSqlite } from "../../testing/services.js";
import { openDatabase, type SqliteDatabase } from "./driver.js";
import { sqliteState } from "./open.js";

let folder = "";
let files = 0;
const freshPath = () => join(folder, `state-${++files}.db`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-writes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const snapshot = (version: number, data: StateSnapshot["data"] = { version }): StateSnapshot => ({
  id: `s${version}`,
  task_id: "task",
  version,
  data,
  checkpoint: false,
  created_at: "2026-01-02T03:04:05+00:00",
});

const taskOf = (id: string, envelopeId = id) => ({
  task: {
    id,
    conversation_id: "c",
    status: "submitted" as const,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  },
  agent: "agent",
  owner: "o",
  envelopeId,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
});

const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no failure",
    (cause: { code?: string; data?: unknown }) => ({ code: cause.code, ...(cause.data as object) }),
  );

describe.runIf(hasSqlite)("groups of writes", () => {
  test("one that is refused costs the others of its turn nothing", async () => {
    const store = await sqliteState({ path: freshPath() });
    const [one, two, three] = await Promise.all([
      failure(store.tasks.create(taskOf("task", "1"))),
      failure(store.tasks.create(taskOf("task", "2"))),
      failure(store.snapshots.save(snapshot(1))),
    ]);
    expect([one, three]).toEqual(["no failure", "no failure"]);
    expect(two).toEqual({ code: "asap:state/conflict", record: "Task", id: "task" });
    await store.close();
  });

  test("one that cannot be written costs the others of its turn nothing", async () => {
    const store = await sqliteState({ path: freshPath() });
    const odd = { holder: "h", forMs: Symbol("no number") } as unknown as { holder: string; forMs: number };
    await store.tasks.put({ ...taskOf("task"), version: 1, lease: null });
    const [one, two, three] = await Promise.all([
      failure(store.snapshots.save(snapshot(1))),
      failure(store.tasks.claim("agent", odd, 10)),
      failure(store.snapshots.save(snapshot(2))),
    ]);
    expect([one, three]).toEqual(["no failure", "no failure"]);
    expect(two).toMatchObject({ code: "asap:state/unavailable" });
    expect(await store.snapshots.listVersions("task")).toEqual([1, 2]);
    expect((await store.tasks.get("task"))?.lease).toBeNull();
    await store.close();
  });

  test("a moment that is none is refused before it joins a group", async () => {
    const store = await sqliteState({ path: freshPath() });
    await expect(store.metering.purge(Number.NaN)).rejects.toThrow();
    await store.close();
  });

  test("thousands of a turn are more than one transaction, all of them done, in their order", async () => {
    const path = freshPath();
    const store = await sqliteState({ path, durability: "normal" });
    const order: number[] = [];
    const versions = Array.from({ length: 3_500 }, (_, index) => index + 1);
    await Promise.all(
      versions.map(async (version) => {
        await store.snapshots.save(snapshot(version));
        order.push(version);
      }),
    );
    expect(order).toEqual(versions);
    expect(await store.snapshots.listVersions("task")).toEqual(versions);
    const last = versions.map((version) => store.snapshots.save(snapshot(version, { again: true })));
    await store.close();
    await Promise.all(last);
    const again = await sqliteState({ path });
    expect((await again.snapshots.get("task"))?.data).toEqual({ again: true });
    await again.close();
  });

  test("a task that is damaged is passed over by claims, and told where nothing else is due", async () => {
    const path = freshPath();
    const store = await sqliteState({ path });
    for (const id of ["one", "two"]) await store.tasks.create(taskOf(id));
    const database = await openDatabase(path);
    database.exec("UPDATE asap_tasks SET task = '{\"half' WHERE id = 'one'");
    database.close();
    const claim = (forMs: number) => store.tasks.claim("agent", { holder: "h", forMs }, 10);
    expect(await claim(-1)).toMatchObject([{ task: { id: "two" }, version: 2, lease: { holder: "h" } }]);
    await store.tasks.change("two", 2, { lease: { holder: "h", forMs: 60_000 } });
    expect(await failure(claim(60_000))).toMatchObject({ code: "asap:state/corrupt" });
    expect(await claim(60_000)).toEqual([]);
    await store.close();
  });

  test("a change whose commit failed is not built upon", async () => {
    const path = freshPath();
    const database = await openDatabase(path);
    let isFull = false;
    const failing: SqliteDatabase = {
      exec: (sql) => database.exec(sql),
      prepare(sql) {
        const statement = database.prepare(sql);
        if (sql !== "COMMIT") return statement;
        const run = () => {
          if (isFull) throw Object.assign(new Error("the disk is full"), { code: "SQLITE_FULL" });
          return statement.run();
        };
        return { run, get: () => statement.get(), all: () => statement.all() };
      },
      close: () => database.close(),
    };
    const store = await sqliteState({ database: failing });
    const other = await sqliteState({ path });
    const { record } = await store.tasks.create(taskOf("task"));
    isFull = true;
    const lost = { ...record.task, progress: { percent: 1 } };
    expect(await failure(store.tasks.change("task", 1, { task: lost }))).toMatchObject({ reason: "the disk is full" });
    isFull = false;
    const kept = { ...record.task, progress: { percent: 2 } };
    await other.tasks.change("task", 1, { task: kept });
    const changed = await store.tasks.change("task", 2, { lease: { holder: "h", forMs: 60_000 } });
    expect(changed?.task).toEqual(kept);
    expect(await other.tasks.get("task")).toEqual(changed);
    await Promise.all([store.close(), other.close()]);
  });

  test("old records are purged in parts, between which others write", async () => {
    const store = await sqliteState({ path: freshPath(), durability: "normal" });
    const ended = { ...taskOf("task").task, status: "completed" as const };
    const ids = Array.from({ length: 2_500 }, (_, index) => `task ${index}`);
    await Promise.all(
      ids.map((id) => store.tasks.put({ ...taskOf(id), task: { ...ended, id }, version: 1, lease: null })),
    );
    const metrics = { tokens_in: 1, tokens_out: 1, duration_ms: 1, api_calls: 1 };
    const used = { agent_id: "a", consumer_id: "c", metrics, timestamp: "2026-01-01T00:00:00Z" };
    await store.metering.record(...ids.map((task_id) => ({ ...used, task_id })));
    const order: string[] = [];
    const noted = async (name: string, work: Promise<unknown>) => {
      await work;
      order.push(name);
    };
    const beforeMs = Date.UTC(2026, 0, 2);
    const purges = [store.tasks.purge(beforeMs), store.metering.purge(beforeMs)];
    await Promise.all([
      ...purges.map((purge) => noted("purge", purge)),
      noted("save", store.snapshots.save(snapshot(1))),
    ]);
    expect(await Promise.all(purges)).toEqual([2_500, 2_500]);
    expect(order).toEqual(["save", "purge", "purge"]);
    expect(await store.tasks.list()).toEqual({ items: [] });
    await store.close();
  });

  test("the log is short again after a reader of another connection has let go of it", async () => {
    const path = freshPath();
    const store = await sqliteState({ path, durability: "normal" });
    const reader = await openDatabase(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM snapshots").get();
    const data = { text: "x".repeat(1_000_000) };
    const saveAll = async (count: number) => {
      for (let version = 1; version <= count; version += 1) await store.snapshots.save(snapshot(version, data));
    };
    await saveAll(90);
    expect((await stat(`${path}-wal`)).size).toBeGreaterThan(80_000_000);
    reader.exec("COMMIT");
    reader.close();
    await saveAll(3);
    expect((await stat(`${path}-wal`)).size).toBeLessThanOrEqual(67_108_864);
    await store.close();
  });

  test("close writes what waits", async () => {
    const path = freshPath();
    const store = await sqliteState({ path });
    const saving = store.snapshots.save(snapshot(1));
    await store.close();
    await saving;
    const again = await sqliteState({ path });
    expect(await again.snapshots.listVersions("task")).toEqual([1]);
    await again.close();
  });

  test("nonces whose time is over leave the file", async () => {
    let now = 1_000_000;
    const path = freshPath();
    const store = await sqliteState({ path, now: () => now });
    for (let index = 0; index < 10; index += 1) await store.nonces.use(`n${index}`, 1_000);
    now += 5_000;
    await store.nonces.use("last", 1_000);
    const database = await openDatabase(path);
    expect(database.prepare("SELECT nonce FROM asap_nonces").all()).toEqual([{ nonce: "last" }]);
    database.close();
    await store.close();
  });
});
