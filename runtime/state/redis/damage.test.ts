import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StateStore } from "../state-store.js";
import { redisState } from "./open.js";
import { places } from "./testing/places.js";
import { eventOf, newTaskOf, snapshotOf, taskOf } from "./testing/records.js";
import { isServerThere, testClient, testUrl } from "./testing/redis-place.js";

const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";

describe.runIf(isRequired || (await isServerThere()))("state in Redis that somebody damaged", () => {
  const { fresh, remove } = places();
  let prefix = "";
  let store: StateStore;
  let client: Awaited<ReturnType<typeof testClient>>;
  beforeEach(async () => {
    prefix = fresh();
    client = await testClient();
    store = await redisState({ url: testUrl, prefix });
  });
  afterEach(async () => {
    await store.close();
    client.destroy();
  });
  afterAll(remove);

  const keyOf = (name: string) => `{${prefix}}:${name}`;
  const corrupt = { code: "asap:state/corrupt", data: { backend: "redis" } };

  /** Everything under the prefix, in an order of its own. */
  async function contents(): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for await (const keys of client.scanIterator({ MATCH: keyOf("*"), COUNT: 1_000 })) {
      for (const key of keys) {
        const type = await client.type(key);
        if (type === "string") found[key] = await client.get(key);
        if (type === "hash") found[key] = { ...(await client.hGetAll(key)) };
        if (type === "zset") found[key] = await client.zRangeWithScores(key, 0, -1);
      }
    }
    return found;
  }

  test("a layout of a later version is refused, and so is one that is no number", async () => {
    await client.set(keyOf("layout"), "99");
    await expect(redisState({ url: testUrl, prefix })).rejects.toMatchObject({
      code: "asap:state/newer_schema",
      data: { backend: "redis", found: 99, known: 2 },
    });
    expect(await client.get(keyOf("layout"))).toBe("99");
    for (const text of ["", "one", "-1"]) {
      await client.set(keyOf("layout"), text);
      await expect(redisState({ url: testUrl, prefix })).rejects.toMatchObject(corrupt);
    }
  });

  test.each([
    ["snapshots", () => store.snapshots.save(snapshotOf("new"))],
    ["snapshots:order", () => store.snapshots.save(snapshotOf("new"))],
    ["snapshots:order", () => store.snapshots.delete("old")],
    ["usage", () => store.metering.record(eventOf("new"))],
    ["usage:time", () => store.metering.record(eventOf("new"))],
    ["usage:consumer", () => store.metering.record(eventOf("new"))],
    ["usage:task", () => store.metering.purge(Date.now())],
    ["tasks", () => store.tasks.create(newTaskOf("new"))],
    ["tasks:task", () => store.tasks.create(newTaskOf("new"))],
    ["tasks:answer", () => store.tasks.change("old", 1, { answer: "{}" })],
    ["tasks:asked", () => store.tasks.create(newTaskOf("new", { envelopeId: null }))],
    ["tasks:owner", () => store.tasks.create(newTaskOf("new"))],
    ["tasks:waiting", () => store.tasks.put({ ...newTaskOf("old"), version: 1, lease: null })],
    ["tasks:answer", () => store.tasks.claim("agent", { holder: "one", forMs: 1_000 }, 1)],
    ["tasks:ended", () => store.tasks.change("old", 1, { task: taskOf("old", "cancelled") })],
  ])("a key %s of another type is told, and nothing is half written", async (name, write) => {
    await store.snapshots.save(snapshotOf("old"));
    await store.metering.record(eventOf("old"));
    await store.tasks.create(newTaskOf("old"));
    await client.del(keyOf(name));
    await client.set(keyOf(name), "text");
    const before = await contents();
    await expect(write()).rejects.toMatchObject(corrupt);
    expect(await contents()).toEqual(before);
  });

  test.each(["", "text", "[]", '["id",0]\n{}', '["id",1,"2026-01-01T00:00:00+00:00"]\n{'])(
    "a snapshot that is %j is told, and others are read",
    async (text) => {
      await store.snapshots.save(snapshotOf("damaged"));
      await store.snapshots.save(snapshotOf("whole"));
      const [field = ""] = (await client.hKeys(keyOf("snapshots"))).filter((name) => name.startsWith("damaged"));
      await client.hSet(keyOf("snapshots"), field, text);
      const [damaged, whole] = await Promise.allSettled([store.snapshots.get("damaged"), store.snapshots.get("whole")]);
      expect(damaged).toMatchObject({ status: "rejected", reason: corrupt });
      expect(whole).toMatchObject({ status: "fulfilled", value: snapshotOf("whole") });
      await expect(store.snapshots.list()).rejects.toMatchObject(corrupt);
    },
  );

  test("a snapshot whose row is gone is told", async () => {
    await store.snapshots.save(snapshotOf("task"));
    await client.del(keyOf("snapshots"));
    await expect(store.snapshots.get("task")).rejects.toMatchObject(corrupt);
    await expect(store.snapshots.list()).rejects.toMatchObject(corrupt);
    expect(await store.snapshots.delete("task")).toBe(true);
  });

  test.each(["", "text", "null", "[]", '{"agent_id":"agent","metrics":{}}'])(
    "a record of use that is %j is told",
    async (text) => {
      await store.metering.put({ id: "id", event: eventOf("task") });
      await client.hSet(keyOf("usage"), "id", text);
      await expect(store.metering.query()).rejects.toMatchObject(corrupt);
      await expect(store.metering.aggregate("agent", "day")).rejects.toMatchObject(corrupt);
      await expect(store.metering.put({ id: "id", event: eventOf("task") })).rejects.toMatchObject(corrupt);
      await client.hDel(keyOf("usage"), "id");
      await expect(store.metering.query()).rejects.toMatchObject(corrupt);
      await expect(store.metering.aggregate("agent", "day")).rejects.toMatchObject(corrupt);
    },
  );

  test.each([
    ["tasks", ""],
    ["tasks", "null"],
    ["tasks", '"text"'],
    ["tasks", '{"owner":1,"version":"1"}'],
    ["tasks", '{"owner":"owner","version":"first"}'],
    ["tasks:task", ""],
    ["tasks:task", "{}"],
  ])("a task whose part in %s is %j is told", async (name, text) => {
    await store.tasks.create(newTaskOf("task"));
    await client.hSet(keyOf(name), "task", text);
    await expect(store.tasks.get("task")).rejects.toMatchObject(corrupt);
    await expect(store.tasks.find("agent", "owner", { envelopeId: "envelope-task" })).rejects.toMatchObject(corrupt);
    await expect(store.tasks.list()).rejects.toMatchObject(corrupt);
    await expect(store.tasks.claim("agent", { holder: "one", forMs: 1_000 }, 1)).rejects.toMatchObject(corrupt);
  });

  test("a task that is damaged is passed over by claims, and told where nothing else is due", async () => {
    for (const id of ["head", "text", "whole"]) await store.tasks.create(newTaskOf(id));
    const head = (await client.hGet(keyOf("tasks"), "head")) ?? "";
    await client.hSet(keyOf("tasks"), "head", head.slice(1));
    await client.hSet(keyOf("tasks:task"), "text", "{}");
    const claim = (forMs: number) => store.tasks.claim("agent", { holder: "one", forMs }, 10);
    expect((await claim(-1)).map(({ task }) => task.id)).toEqual(["whole"]);
    await store.tasks.change("whole", 2, { lease: { holder: "one", forMs: 60_000 } });
    await expect(claim(60_000)).rejects.toMatchObject(corrupt);
    expect(await claim(60_000)).toEqual([]);
    await client.hSet(keyOf("tasks"), "head", head);
    await store.tasks.change("head", 1, { lease: { holder: "two", forMs: -1 } });
    expect((await claim(60_000)).map(({ task }) => task.id)).toEqual(["head"]);
    expect(await claim(60_000)).toEqual([]);
  });

  test("tasks of the layout without agents stay, as tasks of none", async () => {
    await store.tasks.put({ ...newTaskOf("old", { agent: "" }), version: 1, lease: null });
    const head = JSON.parse((await client.hGet(keyOf("tasks"), "old")) ?? "");
    await client.hSet(keyOf("tasks"), "old", JSON.stringify({ ...head, agent: undefined, due: undefined }));
    await client.del([keyOf("tasks:waiting"), keyOf("tasks:asked")]);
    await client.zAdd(keyOf("tasks:waiting"), { score: 1, value: "old" });
    await client.hSet(keyOf("tasks:asked"), "owner\0envelope\0envelope-old", "old");
    await client.set(keyOf("layout"), "1");
    const later = await redisState({ url: testUrl, prefix });
    expect(await client.get(keyOf("layout"))).toBe("2");
    expect(await later.tasks.get("old")).toMatchObject({ agent: "", version: 1 });
    expect(await later.tasks.claim("agent", { holder: "one", forMs: 1_000 }, 10)).toEqual([]);
    expect(await later.tasks.find("agent", "owner", { envelopeId: "envelope-old" })).toBeUndefined();
    const { outcome } = await later.tasks.create(newTaskOf("new", { envelopeId: "envelope-old" }));
    expect(outcome).toBe("created");
    expect(await later.tasks.change("old", 1, { task: taskOf("old", "cancelled") })).toMatchObject({ version: 2 });
    expect(await later.tasks.purge(Date.now())).toBe(1);
    await later.close();
  });

  test("a task of which a part is gone is told", async () => {
    await store.tasks.create(newTaskOf("task"));
    await client.del(keyOf("tasks:task"));
    await expect(store.tasks.get("task")).rejects.toMatchObject(corrupt);
    await expect(store.tasks.claim("agent", { holder: "one", forMs: 1_000 }, 1)).rejects.toMatchObject(corrupt);
    await client.del(keyOf("tasks"));
    expect(await store.tasks.get("task")).toBeUndefined();
    await expect(store.tasks.list()).rejects.toMatchObject(corrupt);
    await expect(store.tasks.create(newTaskOf("again", { envelopeId: "envelope-task" }))).rejects.toMatchObject(
      corrupt,
    );
  });
});
