import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StateSnapshot } from "../../../generated/models.js";
import { hasSqlite } from "../../testing/services.js";
import { openDatabase, type SqliteDatabase } from "./driver.js";
import { sqliteState } from "./open.js";
import { steps } from "./schema.js";

let folder = "";
let files = 0;
const freshPath = () => join(folder, `state-${++files}.db`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-faults-"));
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

describe.runIf(hasSqlite)("an SQLite file that cannot be used", () => {
  test("is refused where it is no database, and left as it is", async () => {
    const path = freshPath();
    await writeFile(path, "this is no database, but it is long enough to have a header that could be one".repeat(20));
    expect(await failure(sqliteState({ path }))).toMatchObject({ code: "asap:state/corrupt", backend: "sqlite" });
    expect((await stat(path)).size).toBeGreaterThan(1_000);
  });

  test("is refused where its folder is not there", async () => {
    const path = join(folder, "nowhere", "state.db");
    expect(await failure(sqliteState({ path }))).toMatchObject({
      code: "asap:state/unavailable",
      reason: "the folder of the file is not there",
    });
  });

  test("is refused where a later version of the package wrote it", async () => {
    const path = freshPath();
    await (await sqliteState({ path })).close();
    const database = await openDatabase(path);
    database.exec("INSERT INTO asap_schema (version) VALUES (99)");
    database.close();
    expect(await failure(sqliteState({ path }))).toEqual({
      code: "asap:state/newer_schema",
      backend: "sqlite",
      found: 99,
      known: steps.length,
    });
  });

  test("that is damaged later fails the reads of what is damaged, not the process", async () => {
    const path = freshPath();
    const store = await sqliteState({ path });
    await store.snapshots.save(snapshot(1));
    const database = await openDatabase(path);
    database.exec("UPDATE snapshots SET data = '{\"half'");
    database.exec("INSERT INTO snapshots VALUES ('other', 'x', 1, '[]', 0, 'yesterday')");
    database.close();
    expect(await failure(store.snapshots.get("task"))).toMatchObject({ code: "asap:state/corrupt" });
    expect(await failure(store.snapshots.get("other"))).toMatchObject({ code: "asap:state/corrupt" });
    await store.snapshots.save(snapshot(2));
    expect((await store.snapshots.get("task"))?.version).toBe(2);
    await store.close();
  });

  test.skipIf(process.getuid?.() === 0)("is refused where it may not be written", async () => {
    const path = freshPath();
    await (await sqliteState({ path })).close();
    await chmod(path, 0o400);
    expect(await failure(sqliteState({ path }))).toMatchObject({ code: "asap:state/access_denied" });
  });

  test("that may not be written any more refuses writes and goes on reading", async () => {
    const path = freshPath();
    const database = await openDatabase(path);
    const store = await sqliteState({ path, database });
    await store.snapshots.save(snapshot(1));
    database.exec("PRAGMA query_only = ON");
    expect(await failure(store.snapshots.save(snapshot(2)))).toMatchObject({ code: "asap:state/access_denied" });
    expect(await store.snapshots.listVersions("task")).toEqual([1]);
    await store.close();
  });

  test("on a disk that is full refuses the whole group, and writes again once there is room", async () => {
    const path = freshPath();
    const database = await openDatabase(path);
    const store = await sqliteState({ path, database });
    const limit = (pages: number) => database.exec(`PRAGMA max_page_count = ${pages}`);
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    limit(pages + 4);
    const large = { text: "x".repeat(20_000) };
    const outcomes = await Promise.all(
      [1, 2, 3].map((version) => failure(store.snapshots.save(snapshot(version, large)))),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ code: "asap:state/unavailable", reason: "the disk is full" });
    }
    expect(await store.snapshots.listVersions("task")).toEqual([]);
    limit(1_000_000);
    await store.snapshots.save(snapshot(1, large));
    expect(await store.snapshots.listVersions("task")).toEqual([1]);
    await store.close();
  });

  test("that another process writes is waited for, and given up in time", async () => {
    const path = freshPath();
    const store = await sqliteState({ path, busyTimeoutMs: 50 });
    const other = await openDatabase(path);
    other.exec("BEGIN IMMEDIATE");
    expect(await failure(store.snapshots.save(snapshot(1)))).toMatchObject({
      code: "asap:state/unavailable",
      reason: "another process holds the file",
    });
    other.exec("COMMIT");
    other.close();
    await store.snapshots.save(snapshot(1));
    await store.close();
  });
});

describe.runIf(hasSqlite)("a file that another process prepares at the same moment", () => {
  /** A file that is held as often as told when it is to change to WAL. */
  async function heldFile(times: number): Promise<SqliteDatabase> {
    const database = await openDatabase(freshPath());
    let left = times;
    return {
      exec(sql) {
        if (sql.includes("journal_mode") && left-- > 0) throw Object.assign(new Error(), { code: "SQLITE_BUSY" });
        return database.exec(sql);
      },
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
    };
  }

  test("is waited for", async () => {
    const store = await sqliteState({ database: await heldFile(3) });
    await store.snapshots.save(snapshot(1));
    expect(await store.snapshots.listVersions("task")).toEqual([1]);
    await store.close();
  });

  test("and does not come free is given up in time", async () => {
    const database = await heldFile(Number.POSITIVE_INFINITY);
    expect(await failure(sqliteState({ database, busyTimeoutMs: 50 }))).toMatchObject({
      code: "asap:state/unavailable",
      reason: "another process holds the file",
    });
  });
});

describe.runIf(hasSqlite)("a file whose tasks have no agents", () => {
  test("keeps them, as tasks of none", async () => {
    const path = freshPath();
    const database = await openDatabase(path);
    database.exec("CREATE TABLE asap_schema (version INTEGER NOT NULL); INSERT INTO asap_schema VALUES (1), (2)");
    for (const step of steps.slice(0, 2)) database.exec(step);
    const { task, owner, envelopeId } = taskOf("old");
    const row = [task.id, owner, "c", task.status, 1, JSON.stringify(task), envelopeId, 0, 0];
    database
      .prepare(
        `INSERT INTO asap_tasks (id, owner, conversation_id, status, version, task, envelope_id, created_ms, updated_ms)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...row);
    database.close();
    const store = await sqliteState({ path });
    const kept = { ...taskOf("old"), agent: "", version: 1, lease: null };
    expect(await store.tasks.list()).toEqual({ items: [kept] });
    expect(await store.tasks.claim("agent", { holder: "h", forMs: 1_000 }, 10)).toEqual([]);
    expect((await store.tasks.create(taskOf("new", "old"))).outcome).toBe("created");
    await store.close();
  });
});

describe.runIf(hasSqlite)("a file of the reference implementation (STW-007)", () => {
  const layout = `
    CREATE TABLE snapshots (task_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL,
      checkpoint INTEGER NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (task_id, version));
    CREATE TABLE usage_events (id TEXT PRIMARY KEY, task_id TEXT NOT NULL, agent_id TEXT NOT NULL,
      consumer_id TEXT NOT NULL, metrics TEXT NOT NULL, timestamp TEXT NOT NULL);
    CREATE INDEX idx_usage_agent_timestamp ON usage_events (agent_id, timestamp);
    INSERT INTO snapshots VALUES ('t', 's', 3, '{"a": 1, "b": null}', 1, '2026-01-02T03:04:05.123456+00:00'),
      ('z', 's', 1, '{}', 0, '2026-01-02T03:04:05.5Z');
    INSERT INTO usage_events VALUES ('0b8', 't', 'agent', 'consumer', '{"tokens_in":5,"tokens_out":7}',
      '2026-01-02T03:04:05.123456+00:00');`;

  const written = async (): Promise<string> => {
    const path = freshPath();
    const database: SqliteDatabase = await openDatabase(path);
    database.exec(layout);
    database.close();
    return path;
  };

  test("is read and written, and stays readable for its owner", async () => {
    const path = await written();
    const store = await sqliteState({ path });
    expect(await store.snapshots.get("t")).toEqual({
      id: "s",
      task_id: "t",
      version: 3,
      data: { a: 1, b: null },
      checkpoint: true,
      created_at: "2026-01-02T03:04:05.123456+00:00",
    });
    expect((await store.snapshots.get("z"))?.created_at).toBe("2026-01-02T03:04:05.500000+00:00");
    expect((await store.metering.aggregate("agent", "day")).total_tokens).toBe(12);
    await store.snapshots.save({ ...snapshot(4), created_at: "2026-02-01T00:00:00Z" });
    await store.close();
    const database = await openDatabase(path);
    const sql = "SELECT data, checkpoint, created_at FROM snapshots WHERE version = 4";
    expect(database.prepare(sql).get()).toEqual({
      data: '{"version":4}',
      checkpoint: 0,
      created_at: "2026-02-01T00:00:00+00:00",
    });
    database.close();
  });

  test("is taken over once by many who open it at the same time", async () => {
    const path = await written();
    const stores = await Promise.all(Array.from({ length: 4 }, () => sqliteState({ path })));
    await Promise.all(stores.map((store, index) => store.snapshots.save(snapshot(index + 1))));
    await wait(0);
    expect(await stores[0]?.snapshots.listVersions("task")).toEqual([1, 2, 3, 4]);
    for (const store of stores) await store.close();
  });
});
