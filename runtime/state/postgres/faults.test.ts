import { connect, createServer, type Server, type Socket } from "node:net";
import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { isAsapError } from "../../error.js";
import { snapshot } from "../contract/snapshots.js";
import type { TaskRecord } from "../task-store.js";
import { type PostgresStateOptions, postgresState } from "./open.js";
import { steps } from "./schema.js";
import { places } from "./testing/places.js";
import { isServerExpected, onServer, serverUrl } from "./testing/server.js";

const own = places();
const listeners: Server[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});
afterAll(async () => {
  for (const listener of listeners) listener.close();
  await own.remove();
});

/** The URL of the server with other parts or parameters. */
function urlWith(
  parts: { user?: string; database?: string },
  parameters: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(serverUrl);
  if (parts.user !== undefined) url.username = parts.user;
  if (parts.database !== undefined) url.pathname = `/${parts.database}`;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

const listen = (take: (socket: Socket) => void = () => {}): Promise<{ listener: Server; port: number }> =>
  new Promise((resolve) => {
    const listener = createServer((socket) => {
      socket.on("error", () => {});
      take(socket);
    });
    listeners.push(listener);
    listener.listen(0, "127.0.0.1", () => resolve({ listener, port: (listener.address() as { port: number }).port }));
  });

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "it was not refused",
    (cause: unknown) => (isAsapError(cause) ? { code: cause.code, data: cause.data } : cause),
  );

const fault = (code: string, reason: string) => ({ code, data: { backend: "postgres", reason } });

async function opened(options: PostgresStateOptions = {}) {
  const store = await postgresState({ url: serverUrl, schema: own.fresh(), ...options });
  cleanUp.push(() => store.close());
  return store;
}

const record: TaskRecord = {
  task: {
    id: "task",
    conversation_id: "conversation",
    parent_task_id: null,
    status: "working",
    depth: 0,
    progress: null,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  },
  agent: "agent",
  owner: "owner",
  version: 1,
  envelopeId: "envelope",
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
  lease: null,
};

describe("options of postgresState()", () => {
  test.each<[string, PostgresStateOptions]>([
    ["url", { url: "mysql://root:canary@host/database" }],
    ["url", { url: "postgres://user:canary@host:port/database" }],
    ["host", { url: serverUrl, host: "127.0.0.1" }],
    ["password", { url: serverUrl, password: "canary" }],
    ["url", { pool: new pg.Pool(), url: "postgres://user:canary@host/" }],
    ["schema", { schema: "" }],
    ["schema", { schema: "x".repeat(64) }],
    ["schema", { schema: "pg_catalog" }],
    ["maxConnections", { maxConnections: 0 }],
    ["connectTimeoutMs", { connectTimeoutMs: 1.5 }],
    ["statementTimeoutMs", { statementTimeoutMs: -1 }],
    ["maxRecordBytes", { maxRecordBytes: 0 }],
  ])("refuses what %s cannot be, without repeating secrets", async (option, options) => {
    const cause: unknown = await postgresState(options).catch((each: unknown) => each);
    expect(cause).toMatchObject({ code: "asap:config/invalid_option", data: { option } });
    expect(`${cause} ${JSON.stringify(cause)}`).not.toContain("canary");
  });
});

describe("a PostgreSQL server that is not there", () => {
  test("refuses connections", async () => {
    const { listener, port } = await listen();
    await new Promise((resolve) => listener.close(resolve));
    expect(await faultOf(postgresState({ host: "127.0.0.1", port }))).toEqual(
      fault("asap:state/unavailable", "the server refuses connections"),
    );
  });

  test("does not answer", async () => {
    const { port } = await listen();
    expect(await faultOf(postgresState({ host: "127.0.0.1", port, connectTimeoutMs: 100 }))).toEqual(
      fault("asap:state/unavailable", "the server does not answer"),
    );
  });
});

describe.runIf(isServerExpected)("PostgreSQL that does not do what it should", () => {
  test("has no such database", async () => {
    expect(await faultOf(postgresState({ url: urlWith({ database: "asap_no_such_database" }) }))).toEqual(
      fault("asap:state/unavailable", "the database does not exist"),
    );
  });

  test("lets a user in who may not read, or not write, or not at all", async () => {
    const schema = own.fresh();
    const role = schema.replace("test", "role");
    await (await opened({ schema })).snapshots.save(snapshot("task", 1));
    await onServer(`CREATE ROLE "${role}" LOGIN PASSWORD 'canary'`);
    cleanUp.push(() => onServer(`DROP OWNED BY "${role}"`, `DROP ROLE "${role}"`));
    const options = { url: urlWith({ user: role }), schema };
    const unprivileged = fault("asap:state/access_denied", "the user lacks a privilege");

    expect(await faultOf(postgresState(options))).toEqual(unprivileged);
    expect(await faultOf(postgresState({ ...options, schema: own.fresh() }))).toEqual(unprivileged);
    await onServer(`GRANT USAGE ON SCHEMA "${schema}" TO "${role}"`);
    await onServer(`GRANT SELECT ON ALL TABLES IN SCHEMA "${schema}" TO "${role}"`);
    const reader = await opened(options);
    expect((await reader.snapshots.get("task"))?.version).toBe(1);
    expect(await faultOf(reader.snapshots.save(snapshot("task", 2)))).toEqual(unprivileged);
    expect(await faultOf(reader.nonces.use("nonce", 1_000))).toEqual(unprivileged);
    expect(await reader.snapshots.listVersions("task")).toEqual([1]);
    await onServer(`ALTER ROLE "${role}" NOLOGIN`);
    expect(await faultOf(postgresState(options))).toEqual(
      fault("asap:state/access_denied", "the server does not let the user in"),
    );
  });

  test("may only be read", async () => {
    const schema = own.fresh();
    await (await opened({ schema })).snapshots.save(snapshot("task", 1));
    const url = urlWith({}, { options: "-c default_transaction_read_only=on" });
    const reader = await opened({ url, schema });
    const readOnly = fault("asap:state/access_denied", "the database may only be read");
    expect((await reader.snapshots.get("task"))?.version).toBe(1);
    expect(await faultOf(reader.snapshots.save(snapshot("task", 2)))).toEqual(readOnly);
    expect(await faultOf(reader.tasks.put(record))).toEqual(readOnly);
    expect(await faultOf(reader.metering.purge(0))).toEqual(readOnly);
    expect(await faultOf(postgresState({ url, schema: own.fresh() }))).toEqual(readOnly);
  });

  test("ends the connections: what is under way is lost or done, and each connection fails one call at most", async () => {
    const schema = own.fresh();
    const store = await opened({ url: urlWith({}, { application_name: schema }), schema });
    const end = () =>
      onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${schema}'`);
    const listed = async (taskId: string): Promise<readonly number[]> => {
      for (let tries = 1; ; tries += 1) {
        const versions = await store.snapshots.listVersions(taskId).catch((cause: unknown) => {
          expect(cause).toMatchObject(fault("asap:state/unavailable", "the connection was lost"));
          return undefined;
        });
        if (versions !== undefined) return versions;
        expect(tries).toBeLessThanOrEqual(10);
      }
    };
    for (const task of ["one", "two", "three"]) {
      const saves = Array.from({ length: 200 }, (_, index) => faultOf(store.snapshots.save(snapshot(task, index + 1))));
      await Promise.race(saves);
      await end();
      const faults = (await Promise.all(saves)).filter((each) => each !== "it was not refused");
      for (const each of faults) expect(each).toEqual(fault("asap:state/unavailable", "the connection was lost"));
      expect((await listed(task)).length).toBeGreaterThanOrEqual(200 - faults.length);
    }
    await end();
    expect(await listed("none")).toEqual([]);
  });

  test("falls silent: the call ends, and the next one has a connection that works", async () => {
    const { hostname, port } = new URL(serverUrl);
    const links: Socket[] = [];
    const relay = await listen((socket) => {
      const link = connect({ host: hostname || "127.0.0.1", port: Number(port || 5_432) });
      links.push(link);
      link.on("error", () => {});
      socket.on("close", () => link.destroy());
      socket.pipe(link).pipe(socket);
    });
    const url = new URL(serverUrl);
    url.host = `127.0.0.1:${relay.port}`;
    const bounds = { maxConnections: 1, statementTimeoutMs: 100, connectTimeoutMs: 400 };
    const store = await opened({ url: url.href, ...bounds });
    for (const link of links) link.unpipe();
    expect(await faultOf(store.snapshots.get("task"))).toEqual(
      fault("asap:state/unavailable", "a statement took too long"),
    );
    expect(await store.snapshots.get("task")).toBeUndefined();
  });

  test("takes too long over a statement", async () => {
    const schema = own.fresh();
    const store = await opened({ schema, statementTimeoutMs: 100 });
    const blocker = new pg.Client({ connectionString: serverUrl });
    await blocker.connect();
    await blocker.query(`BEGIN; LOCK TABLE "${schema}".snapshots IN ACCESS EXCLUSIVE MODE`);
    const late = fault("asap:state/unavailable", "a statement took too long");
    expect(await faultOf(store.snapshots.save(snapshot("task", 1)))).toEqual(late);
    expect(await faultOf(store.snapshots.get("task"))).toEqual(late);
    await blocker.end();
    await store.snapshots.save(snapshot("task", 1));
    expect(await store.snapshots.listVersions("task")).toEqual([1]);
  });

  test("has no connection free in time", async () => {
    const schema = own.fresh();
    const store = await opened({ schema, maxConnections: 1, connectTimeoutMs: 100 });
    const blocker = new pg.Client({ connectionString: serverUrl });
    await blocker.connect();
    await blocker.query(`BEGIN; LOCK TABLE "${schema}".snapshots IN ACCESS EXCLUSIVE MODE`);
    const waiting = store.snapshots.get("task");
    expect(await faultOf(store.tasks.get("task"))).toEqual(
      fault("asap:state/unavailable", "no connection came free in time"),
    );
    await blocker.end();
    expect(await waiting).toBeUndefined();
  });

  test("has a layout of a later version", async () => {
    const schema = own.fresh();
    await (await opened({ schema })).close();
    await onServer(`INSERT INTO "${schema}".schema_version VALUES (99)`);
    expect(await faultOf(postgresState({ url: serverUrl, schema }))).toEqual({
      code: "asap:state/newer_schema",
      data: { backend: "postgres", found: 99, known: steps.length },
    });
  });

  test("has lost a table, or holds what no store wrote", async () => {
    const schema = own.fresh();
    const store = await opened({ schema });
    await store.snapshots.save(snapshot("task", 1));
    await store.tasks.put(record);
    await store.metering.record({
      task_id: "t",
      agent_id: "a",
      consumer_id: "c",
      metrics: {},
      timestamp: "2026-01-01T00:00:00Z",
    });
    for (const damage of [
      `UPDATE "${schema}".snapshots SET data = '{'`,
      `UPDATE "${schema}".snapshots SET data = '1'`,
    ]) {
      await onServer(damage);
      expect(await faultOf(store.snapshots.get("task"))).toMatchObject({ code: "asap:state/corrupt" });
    }
    await store.tasks.put({ ...record, envelopeId: "whole", task: { ...record.task, id: "whole" } });
    await onServer(`UPDATE "${schema}".tasks SET task = '{}' WHERE id = 'task'`);
    expect(await faultOf(store.tasks.get("task"))).toMatchObject({ code: "asap:state/corrupt" });
    const claim = (forMs: number) => store.tasks.claim(record.agent, { holder: "one", forMs }, 10);
    expect((await claim(-1)).map(({ task }) => task.id)).toEqual(["whole"]);
    await store.tasks.change("whole", 2, { lease: { holder: "one", forMs: 60_000 } });
    expect(await faultOf(claim(60_000))).toMatchObject({ code: "asap:state/corrupt" });
    expect(await claim(60_000)).toEqual([]);
    await onServer(`UPDATE "${schema}".usage_events SET api_calls = -1`);
    expect(await faultOf(store.metering.query())).toMatchObject({ code: "asap:state/corrupt" });
    await onServer(`DROP TABLE "${schema}".tasks`);
    expect(await faultOf(store.tasks.get("task"))).toEqual(fault("asap:state/corrupt", "a table is gone"));
  });
});
