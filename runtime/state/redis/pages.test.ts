import { afterAll, describe, expect, test } from "vitest";
import type { Page, PageRequest } from "../page.js";
import type { StateStore } from "../state-store.js";
import { redisState } from "./open.js";
import { places } from "./testing/places.js";
import { eventOf, newTaskOf, snapshotOf, taskOf } from "./testing/records.js";
import { isServerThere, testUrl } from "./testing/redis-place.js";

const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";

async function everything<Item>(read: (page: PageRequest) => Promise<Page<Item>>, limit: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined; ; ) {
    const page = await read({ limit, ...(after !== undefined && { after }) });
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = page.next;
  }
}

describe.runIf(isRequired || (await isServerThere()))("many records in Redis", () => {
  const { fresh, remove } = places();
  afterAll(remove);

  async function withStore(work: (store: StateStore) => Promise<void>): Promise<void> {
    const store = await redisState({ url: testUrl, prefix: fresh() });
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }

  test("snapshots of megabytes come back, together and page by page", () =>
    withStore(async ({ snapshots }) => {
      const text = "x".repeat(1_500_000);
      const ids = Array.from({ length: 12 }, (_, index) => `task-${String(index).padStart(2, "0")}`);
      await Promise.all(ids.map((id) => snapshots.save(snapshotOf(id, 1, { id, text }))));
      const found = await Promise.all(ids.map((id) => snapshots.get(id)));
      expect(found.map((each) => each?.data["id"])).toEqual(ids);
      for (const limit of [5, 11, 12, 1_000]) {
        const listed = await everything((page) => snapshots.list(page), limit);
        expect(listed.map(({ task_id }) => task_id)).toEqual(ids);
      }
    }));

  test("versions far apart sort as numbers", () =>
    withStore(async ({ snapshots }) => {
      const versions = [1, 2, 9, 10, 255, 256, 1e6, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER];
      for (const version of versions.toReversed()) await snapshots.save(snapshotOf("task", version));
      expect(await snapshots.listVersions("task")).toEqual(versions);
      expect((await snapshots.list()).items.map(({ version }) => version)).toEqual(versions);
      expect((await snapshots.get("task"))?.version).toBe(Number.MAX_SAFE_INTEGER);
      expect(await snapshots.get("task", Number.NaN)).toBeUndefined();
    }));

  test("2,500 records of use are found by rare members, summed and purged", () =>
    withStore(async ({ metering }) => {
      const startMs = Date.UTC(2026, 0, 1);
      const events = Array.from({ length: 2_500 }, (_, index) =>
        eventOf(`task-${index % 5}`, {
          agent_id: index % 2 === 0 ? "even" : "odd",
          consumer_id: index % 1_000 === 999 ? "rare" : "common",
          timestamp: new Date(startMs + Math.floor(index / 3)).toISOString(),
        }),
      );
      await metering.record(...events);
      expect(await everything((page) => metering.query({}, page), 1_000)).toHaveLength(2_500);
      const both = { agentId: "odd", consumerId: "rare" };
      expect(await everything((page) => metering.query(both, page), 1)).toHaveLength(2);
      expect((await metering.query({ agentId: "odd", taskId: "task-4" }, { limit: 1_000 })).items).toHaveLength(250);
      expect((await metering.query({ consumerId: "rare", agentId: "even" })).items).toEqual([]);
      expect((await metering.aggregate("odd", "year")).total_tasks).toBe(1_250);
      expect((await metering.aggregate("even", "year", { consumerId: "common" })).total_tokens).toBe(3_750);
      expect((await metering.aggregate("odd", "year", { fromMs: startMs + 500 })).total_tasks).toBe(500);
      expect(await metering.purge(startMs + 500)).toBe(1_500);
      expect(await metering.purge(startMs + 1_000)).toBe(1_000);
      expect(await metering.query()).toEqual({ items: [] });
      expect((await metering.aggregate("odd", "year")).total_tasks).toBe(0);
    }));

  test("a record of use that is taken over again is found where it is now, and nowhere else", () =>
    withStore(async ({ metering }) => {
      const before = eventOf("before", { agent_id: "one", timestamp: "2026-01-01T00:00:00Z" });
      const now = eventOf("now", { agent_id: "two", timestamp: "2026-02-01T00:00:00Z" });
      await metering.put({ id: "id", event: before });
      await metering.put({ id: "id", event: eventOf("between") }, { id: "id", event: now });
      expect((await metering.query()).items.map(({ event }) => event.task_id)).toEqual(["now"]);
      for (const filter of [{ agentId: "one" }, { taskId: "before" }, { taskId: "between" }]) {
        expect((await metering.query(filter)).items).toEqual([]);
      }
      expect((await metering.query({ agentId: "two", consumerId: "consumer" })).items).toHaveLength(1);
    }));

  test("2,200 tasks are listed by rare members and purged", () =>
    withStore(async ({ tasks }) => {
      const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + index).toISOString();
      const put = async (index: number) => {
        const status = index % 1_000 === 7 ? "working" : "completed";
        const task = { ...taskOf(`task-${index}`, status), conversation_id: `conversation-${index % 3}` };
        const times = { created_at: at(index), updated_at: at(index) };
        const owner = `owner-${index % 2}`;
        await tasks.put({ ...newTaskOf(task.id), task: { ...task, ...times }, owner, version: 1, lease: null });
      };
      await Promise.all(Array.from({ length: 2_200 }, (_, index) => put(index)));
      const all = await everything((page) => tasks.list({}, page), 1_000);
      expect(all.map(({ task }) => task.id)).toEqual(
        Array.from({ length: 2_200 }, (_, index) => `task-${2_199 - index}`),
      );
      const working = await everything((page) => tasks.list({ status: ["working"] }, page), 1);
      expect(working.map(({ task }) => task.id)).toEqual(["task-2007", "task-1007", "task-7"]);
      expect(await everything((page) => tasks.list({ owner: "owner-1" }, page), 300)).toHaveLength(1_100);
      const [first] = (await tasks.list({ owner: "owner-1", conversationId: "conversation-0" }, { limit: 1 })).items;
      expect(first?.task.id).toBe("task-2199");
      expect(await everything((page) => tasks.list({ conversationId: "conversation-2" }, page), 500)).toHaveLength(733);
      expect(await tasks.purge(Date.UTC(2026, 0, 1) + 2_200)).toBe(2_197);
      expect((await tasks.list()).items).toHaveLength(3);
      expect((await tasks.list({ owner: "owner-1" })).items).toHaveLength(3);
      expect(await tasks.find("agent", "owner-0", { envelopeId: "envelope-task-2" })).toBeUndefined();
    }));

  test("a task that changes is found where it is now, and nowhere else", () =>
    withStore(async ({ tasks }) => {
      await tasks.create(newTaskOf("task"));
      const moved = { ...taskOf("task"), conversation_id: "another", created_at: "2026-03-01T00:00:00Z" };
      await tasks.change("task", 1, { task: moved });
      expect((await tasks.list({ conversationId: "conversation" })).items).toEqual([]);
      expect((await tasks.list({ conversationId: "another" })).items).toHaveLength(1);
      expect((await tasks.list()).items).toHaveLength(1);
      const put = { ...newTaskOf("task", { owner: "heir" }), version: 9, lease: { holder: "one", untilMs: 5 } };
      await tasks.put(put);
      expect((await tasks.list({ owner: "owner" })).items).toEqual([]);
      expect((await tasks.list({ owner: "heir" })).items).toEqual([put]);
      expect((await tasks.claim("agent", { holder: "two", forMs: 1_000 }, 10)).map(({ version }) => version)).toEqual([
        10,
      ]);
    }));

  test("texts that no id can be find nothing", () =>
    withStore(async ({ snapshots, metering, tasks }) => {
      await snapshots.save(snapshotOf("a"));
      await metering.record(eventOf("a", { agent_id: "a" }));
      await tasks.create(newTaskOf("a", { owner: "a" }));
      for (const text of ["", "a\0", "a\u00002026", "a\ud800"]) {
        expect(await snapshots.get(text)).toBeUndefined();
        expect(await snapshots.listVersions(text)).toEqual([]);
        expect(await snapshots.delete(text)).toBe(false);
        expect(await metering.query({ agentId: text })).toEqual({ items: [] });
        expect((await metering.aggregate(text, "day")).total_tasks).toBe(0);
        expect(await tasks.get(text)).toBeUndefined();
        expect(await tasks.find("agent", text, { envelopeId: "envelope-a" })).toBeUndefined();
        expect(await tasks.change(text, 1, { answer: "{}" })).toBeUndefined();
        expect(await tasks.list({ owner: text })).toEqual({ items: [] });
        expect(await tasks.list({ conversationId: text })).toEqual({ items: [] });
      }
    }));
});
