import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { snapshot } from "../contract/snapshots.js";
import type { NewTask, TaskRecord } from "../task-store.js";
import { postgresState } from "./open.js";
import { steps } from "./schema.js";
import { places } from "./testing/places.js";
import { isServerExpected, onServer, serverUrl } from "./testing/server.js";

const own = places();
afterAll(() => own.remove());

const task = (id: string): NewTask => ({
  task: {
    id,
    conversation_id: "conversation",
    parent_task_id: null,
    status: "submitted",
    depth: 0,
    progress: null,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  },
  agent: "agent",
  owner: "owner",
  envelopeId: `envelope of ${id}`,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
});

describe.runIf(isServerExpected)("postgresState()", () => {
  test("keeps to its schema, whatever it is called", async () => {
    const schema = own.fresh();
    const odd = `${schema.slice(0, 30)}"; Drop é`;
    const [plain, other] = [
      await postgresState({ url: serverUrl, schema }),
      await postgresState({ url: serverUrl, schema: odd }),
    ];
    await plain.snapshots.save(snapshot("task", 1));
    expect(await other.snapshots.get("task")).toBeUndefined();
    await Promise.all([plain.close(), other.close()]);
    await onServer(`DROP SCHEMA "${odd.replaceAll('"', '""')}" CASCADE`);
  });

  test("close waits for what is under way, those that wait for a connection too, and refuses what comes after", async () => {
    const store = await postgresState({ url: serverUrl, schema: own.fresh(), maxConnections: 2 });
    const saves = Array.from({ length: 100 }, (_, index) => store.snapshots.save(snapshot("task", index + 1)));
    const claims = store.tasks.create(task("task"));
    const closing = [store.close(), store.close()];
    await expect(store.snapshots.get("task")).rejects.toMatchObject({ code: "asap:state/closed" });
    await Promise.all([...saves, claims, ...closing]);
    await expect(store.tasks.claim("agent", { holder: "one", forMs: 1 }, 1)).rejects.toMatchObject({
      code: "asap:state/closed",
    });
  });

  test("uses a pool that is given, beside other stores and other work, and leaves it open", async () => {
    const pool = new pg.Pool({ connectionString: serverUrl, max: 3 });
    const schemas = [own.fresh(), own.fresh()];
    const stores = await Promise.all(schemas.map((schema) => postgresState({ pool, schema })));
    await Promise.all(
      stores.flatMap(({ snapshots }, index) =>
        Array.from({ length: 50 }, (_, version) => snapshots.save(snapshot("task", version + 1, { index }))),
      ),
    );
    for (const [index, { snapshots }] of stores.entries()) {
      expect((await snapshots.get("task"))?.data).toEqual({ index });
    }
    await Promise.all(stores.map((store) => store.close()));
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(pool.listenerCount("error")).toBe(0);
    await pool.end();
  });

  test("goes by the clock of the database, or by the one that is given", async () => {
    const schema = own.fresh();
    const store = await postgresState({ url: serverUrl, schema });
    const [{ before }] = (await onServer("SELECT extract(epoch FROM clock_timestamp()) * 1000 AS before")) as [
      { before: string },
    ];
    const { record } = await store.tasks.create({ ...task("task"), lease: { holder: "one", forMs: 60_000 } });
    const untilMs = record.lease?.untilMs ?? 0;
    expect(untilMs - 60_000).toBeGreaterThanOrEqual(Math.floor(Number(before)));

    let nowMs = untilMs - 1;
    const given = await postgresState({ url: serverUrl, schema, now: () => nowMs });
    expect(await given.tasks.claim("agent", { holder: "two", forMs: 10 }, 1)).toEqual([]);
    expect(await given.nonces.use("nonce", 10)).toBe(true);
    nowMs += 9;
    expect(await given.nonces.use("nonce", 10)).toBe(false);
    const [claimed] = await given.tasks.claim("agent", { holder: "two", forMs: 10 }, 1);
    expect(claimed?.lease).toEqual({ holder: "two", untilMs: nowMs + 10 });
    nowMs += 1;
    expect(await given.nonces.use("nonce", 10)).toBe(true);
    await Promise.all([store.close(), given.close()]);
  });

  test("claims what has waited longest first", async () => {
    const store = await postgresState({ url: serverUrl, schema: own.fresh() });
    const records = [3, 1, 2, 5, 4].map((minute): TaskRecord => {
      const { task: each, ...more } = task(`task ${minute}`);
      return { ...more, task: { ...each, created_at: `2026-01-01T00:0${minute}:00Z` }, version: 1, lease: null };
    });
    for (const each of records) await store.tasks.put(each);
    const ids = (await store.tasks.claim("agent", { holder: "one", forMs: 60_000 }, 4)).map((each) => each.task.id);
    expect(ids).toEqual(["task 1", "task 2", "task 3", "task 4"]);
    await store.close();
  });

  test("holds ids of every length that is allowed, none of them compressible", async () => {
    const store = await postgresState({ url: serverUrl, schema: own.fresh() });
    const long = () => randomBytes(512).toString("hex");
    const ids = [long(), long(), long(), "漢".repeat(341)];
    for (const id of ids) {
      await store.snapshots.save(snapshot(id, 1));
      const made = { ...task(id), owner: long(), envelopeId: long(), idempotencyKey: long() };
      await store.tasks.create(made);
      expect((await store.tasks.find("agent", made.owner, { idempotencyKey: made.idempotencyKey }))?.task.id).toBe(id);
      const event = { task_id: id, agent_id: id, consumer_id: id, metrics: {}, timestamp: "2026-01-01T00:00:00Z" };
      await store.metering.put({ id: long(), event });
      expect((await store.metering.query({ agentId: id })).items.length).toBe(1);
      expect(await store.nonces.use(id, 1_000)).toBe(true);
    }
    const tooLong = store.snapshots.save(snapshot("漢".repeat(342), 1));
    await expect(tooLong).rejects.toMatchObject({ code: "asap:state/invalid_record" });
    await store.close();
  });

  test("finds nothing by what no record can be called", async () => {
    const store = await postgresState({ url: serverUrl, schema: own.fresh() });
    const { snapshots, tasks, metering } = store;
    await snapshots.save(snapshot("half \ufffd", 1));
    await tasks.create(task("half \ufffd"));
    for (const id of ["nul\0", "half \ud800", "x".repeat(100_000), ""]) {
      expect(await snapshots.get(id)).toBeUndefined();
      expect(await snapshots.delete(id)).toBe(false);
      expect(await snapshots.listVersions(id)).toEqual([]);
      expect(await tasks.get(id)).toBeUndefined();
      expect(await tasks.find("agent", id, { envelopeId: id, idempotencyKey: id })).toBeUndefined();
      expect(await tasks.change(id, 1, { answer: "{}" })).toBeUndefined();
      expect(await tasks.list({ owner: id, conversationId: id })).toEqual({ items: [] });
      expect(await metering.query({ taskId: id })).toEqual({ items: [] });
      expect((await metering.aggregate(id, "day")).total_tasks).toBe(0);
    }
    for (const version of [1.5, Number.NaN, 1e300]) {
      expect(await snapshots.get("half \ufffd", version)).toBeUndefined();
      expect(await tasks.change("half \ufffd", version, { answer: "{}" })).toBeUndefined();
    }
    await store.close();
  });

  test("keeps tasks of the layout without agents, as tasks of none", async () => {
    const schema = own.fresh();
    await onServer(`CREATE SCHEMA "${schema}"; SET search_path TO "${schema}"; ${steps[0]}
      CREATE TABLE schema_version (version integer NOT NULL PRIMARY KEY); INSERT INTO schema_version VALUES (1)`);
    const tasks = `"${schema}".tasks`;
    const { task: old, owner, envelopeId } = task("old");
    await onServer(
      `INSERT INTO ${tasks} (id, owner, conversation_id, status, version, task, envelope_id, created_ms, updated_ms)
         VALUES ('old', '${owner}', 'c', '${old.status}', 1, '${JSON.stringify(old)}', '${envelopeId}', 0, 0)`,
    );
    const store = await postgresState({ url: serverUrl, schema });
    expect((await store.tasks.list()).items).toMatchObject([{ agent: "", owner, task: old, version: 1 }]);
    expect(await store.tasks.claim("agent", { holder: "one", forMs: 1_000 }, 10)).toEqual([]);
    expect((await store.tasks.create({ ...task("new"), envelopeId })).outcome).toBe("created");
    await store.close();
  });

  test("refuses numbers beyond what a column holds, another id in a change, and what another task was asked for by", async () => {
    const store = await postgresState({ url: serverUrl, schema: own.fresh() });
    const invalid = { code: "asap:state/invalid_record" };
    await expect(store.snapshots.save(snapshot("task", 1e300))).rejects.toMatchObject(invalid);
    await expect(store.tasks.create({ ...task("task"), deadlineMs: Number.NaN })).rejects.toMatchObject(invalid);
    const { record } = await store.tasks.create(task("task"));
    const other = task("other").task;
    await expect(store.tasks.change("task", 1, { task: other })).rejects.toMatchObject(invalid);
    await expect(store.tasks.put({ ...record, task: other })).rejects.toMatchObject({
      code: "asap:state/conflict",
      data: { record: "Task", id: "other" },
    });
    expect(await store.tasks.list()).toEqual({ items: [record] });
    expect(await store.tasks.purge(1.5)).toBe(0);
    expect(await store.nonces.use("nonce", 0.5)).toBe(true);
    await store.close();
  });
});
