import { randomUUID } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, hasSqlite } from "../testing/services.js";
import { openState, stateLocation } from "./open-state.js";
import { isServerExpected, onServer, removePlace, schemaOf, serverUrl } from "./postgres/testing/server.js";
import { isDurable, removePrefix, testClient, testUrl } from "./redis/testing/redis-place.js";

let folder = "";
let silentPort = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-open-"));
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  silentPort = (server.address() as { readonly port: number }).port;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const snapshot = {
  id: "s1",
  task_id: "task",
  version: 1,
  data: {},
  checkpoint: false,
  created_at: "2026-01-02T03:04:05+00:00",
};

/** Saves through one store and reads through the next one of the same place. */
async function keeps(location: string): Promise<boolean> {
  const first = await openState(location);
  await first.snapshots.save(snapshot);
  await first.close();
  const second = await openState(location);
  const found = await second.snapshots.get("task");
  await second.close();
  return found !== undefined;
}

const failure = (work: Promise<unknown>): Promise<{ readonly code?: string; readonly message?: string }> =>
  work.then(
    () => ({}),
    (cause) => cause,
  );

describe("a text that names a store", () => {
  test.each(["memory:", "MEMORY:"])("%s is one that forgets", async (location) => {
    expect((await openState(location)).backend).toBe("memory");
    expect(await keeps(location)).toBe(false);
  });

  describe.skipIf(!hasSqlite)("names a file of SQLite", () => {
    const forms: readonly (readonly [string, (path: string) => string])[] = [
      ["sqlite: and its path", (path) => `sqlite:${path}`],
      ["the scheme in capitals", (path) => `SQLite:${path}`],
      ["sqlite:// and its path", (path) => `sqlite://${path}`],
      ["a file: URL, spaces and signs of URLs in it", (path) => pathToFileURL(`${path} 50% #1?.db`).href],
    ];
    test.each(forms)("by %s", async (_, locationOf) => {
      const location = locationOf(join(folder, `${randomUUID()}.db`));
      expect(await keeps(location)).toBe(true);
      expect((await openState(location)).backend).toBe("sqlite");
    });

    test("by a path as it stands, whatever it looks like", async () => {
      const path = join(folder, "100%20 ?a=1#b.db");
      expect(await keeps(`sqlite:${path}`)).toBe(true);
      expect((await stat(path)).isFile()).toBe(true);
    });

    test("that is no database: the error names neither path nor content", async () => {
      const path = join(folder, "canary.db");
      await writeFile(path, "canary in a file that is no database at all, long enough to be one".repeat(20));
      const error = await failure(openState(`sqlite:${path}`));
      expect(error).toMatchObject({ code: "asap:state/corrupt", data: { backend: "sqlite" } });
      expect(error.message).not.toContain("canary");
    });
  });

  test.skipIf(!isServerExpected)("names a server of PostgreSQL, and its schema by ?schema=", async () => {
    const place = randomUUID().replaceAll("-", "");
    const url = new URL(serverUrl);
    url.searchParams.set("application_name", "open state");
    url.searchParams.set("schema", schemaOf(place));
    try {
      expect(await keeps(url.href)).toBe(true);
      expect(await keeps(url.href.replace(/^postgres:/, "postgresql:"))).toBe(true);
      const tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = '${schemaOf(place)}'`;
      expect(await onServer(tables)).toContainEqual({ table_name: "snapshots" });
      const store = await openState(url.href);
      expect(store.backend).toBe("postgres");
      const sessions = await onServer("SELECT 1 FROM pg_stat_activity WHERE application_name = 'open state'");
      expect(sessions.length).toBeGreaterThan(0);
      await store.close();
    } finally {
      await removePlace(place);
    }
  });

  test.skipIf(!hasRedis)("names a server of Redis, its database, and its keys by ?prefix=", async () => {
    const prefix = `asap-test-${randomUUID()}`;
    const location = `${testUrl}/0?prefix=${prefix}`;
    try {
      expect(await keeps(location)).toBe(true);
      const client = await testClient();
      expect((await client.keys(`{${prefix}}:*`)).length).toBeGreaterThan(0);
      client.destroy();
      const store = await openState(location);
      expect(store.backend).toBe("redis");
      await store.close();
      const warned: string[] = [];
      const log = { warn: (name: string) => void warned.push(name) };
      await (await openState(location, { log, create: false })).close();
      expect(warned).toEqual((await isDurable()) ? [] : ["asap.state.not_durable"]);
    } finally {
      await removePrefix(prefix);
    }
  });

  test.each([
    "",
    "sqlite",
    "state.db",
    "sqlite:",
    "sqlite://",
    "sqlite://state.db",
    "file:",
    "file:state.db",
    "file:///a%2Fb.db",
    "file://another.example/state.db",
    "mysql://me:canary@db.example/x",
    "http://me:canary@db.example/",
    "postgres:",
    "postgres://me:canary@[bad/x",
    "postgres:me:canary@db.example",
    "postgres://me:canary@127.0.0.1/x?schema=",
    "postgres://me:canary@127.0.0.1/x?schema=pg_mine",
    "redis:",
    "redis://me:canary@[bad/0",
    "redis://me:canary@127.0.0.1/first",
    "redis://me:canary@127.0.0.1/0?prefix=",
    "redis://me:canary@127.0.0.1/0?prefix=a%20b",
  ])("%j is refused, and not repeated", async (location) => {
    const error = await failure(openState(location));
    expect(error.code).toBe("asap:config/invalid_option");
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  test.each(["postgres", "postgresql", "redis"])(
    "a %s server that is not there: no password in the error",
    async (scheme) => {
      const error = await failure(openState(`${scheme}://me:canary@127.0.0.1:${silentPort}/0`));
      expect(error).toMatchObject({ code: "asap:state/unavailable" });
      expect(inspect(error, { depth: 9 })).not.toContain("canary");
    },
  );
});

describe("the environment names a store (STW-005)", () => {
  const postgres = "postgres://me@db.example/agents";
  const redis = "redis://cache.example:6379/1";
  test.each([
    [{}, "memory:"],
    [{ ASAP_STORAGE_BACKEND: "" }, "memory:"],
    [{ ASAP_STORAGE_PATH: "state.db" }, "memory:"],
    [{ ASAP_STORAGE_BACKEND: "memory", ASAP_STORAGE_PATH: "state.db" }, "memory:"],
    [{ ASAP_STORAGE_BACKEND: "sqlite" }, "sqlite:asap_state.db"],
    [{ ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: "" }, "sqlite:asap_state.db"],
    [{ ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: "/var/lib/state.db" }, "sqlite:/var/lib/state.db"],
    [{ ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: "sqlite:./state.db" }, "sqlite:./state.db"],
    [{ ASAP_STORAGE_BACKEND: "sqlite", ASAP_STORAGE_PATH: "file:///state.db" }, "file:///state.db"],
    [{ ASAP_STORAGE_BACKEND: "postgres", ASAP_STORAGE_PATH: postgres }, postgres],
    [{ ASAP_STORAGE_BACKEND: "postgres", ASAP_STORAGE_PATH: "postgresql://h/d" }, "postgresql://h/d"],
    [{ ASAP_STORAGE_BACKEND: "redis", ASAP_STORAGE_PATH: redis }, redis],
    [{ ASAP_STORAGE_BACKEND: "redis", ASAP_STORAGE_PATH: "rediss://h" }, "rediss://h"],
  ])("%j as %s (STATE-004)", (env, location) => {
    expect(stateLocation(env)).toBe(location);
  });

  test.each([
    [{ ASAP_STORAGE_BACKEND: "mysql" }, "ASAP_STORAGE_BACKEND"],
    [{ ASAP_STORAGE_BACKEND: "postgres://me:canary@db.example/x" }, "ASAP_STORAGE_BACKEND"],
    [{ ASAP_STORAGE_BACKEND: "postgres" }, "ASAP_STORAGE_PATH"],
    [{ ASAP_STORAGE_BACKEND: "postgres", ASAP_STORAGE_PATH: "redis://me:canary@db.example" }, "ASAP_STORAGE_PATH"],
    [{ ASAP_STORAGE_BACKEND: "redis", ASAP_STORAGE_PATH: "me:canary@db.example" }, "ASAP_STORAGE_PATH"],
  ])("%j not at all, and is not repeated", async (env, option) => {
    const error = await failure((async () => stateLocation(env))());
    expect(error).toMatchObject({ code: "asap:config/invalid_option", data: { option } });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });
});
