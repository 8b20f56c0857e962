import { afterAll, describe, expect, test } from "vitest";
import type { StateStore } from "../state-store.js";
import { redisState } from "./open.js";
import { places } from "./testing/places.js";
import { eventOf, newTaskOf, snapshotOf, taskOf } from "./testing/records.js";
import { isServerThere, testClient, testUrl } from "./testing/redis-place.js";

const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";

describe.runIf(isRequired || (await isServerThere()))("stores that share a prefix in Redis", () => {
  const { fresh, remove } = places();
  afterAll(remove);

  async function withTwo(work: (one: StateStore, other: StateStore) => Promise<void>): Promise<void> {
    const prefix = fresh();
    const stores = await Promise.all([redisState({ url: testUrl, prefix }), redisState({ url: testUrl, prefix })]);
    try {
      await work(...stores);
    } finally {
      for (const store of stores) await store.close();
    }
  }

  test("of 16 writers through two stores one changes each version", () =>
    withTwo(async (one, other) => {
      await one.tasks.create(newTaskOf("task"));
      for (let version = 1; version <= 50; version += 1) {
        const writers = Array.from({ length: 16 }, (_, index) =>
          (index % 2 === 0 ? one : other).tasks.change("task", version, { answer: `"${version} ${index}"` }),
        );
        const winners = (await Promise.all(writers)).filter((each) => each !== undefined);
        expect(winners).toHaveLength(1);
        expect(winners[0]?.version).toBe(version + 1);
        expect(await other.tasks.get("task")).toEqual(winners[0]);
      }
    }));

  test("of 16 who end a task one does, and the others see where it went", () =>
    withTwo(async (one, other) => {
      await one.tasks.create(newTaskOf("task"));
      await one.tasks.change("task", 1, { task: taskOf("task", "working") });
      const ends = Array.from({ length: 16 }, (_, index) => {
        const status = index % 2 === 0 ? "completed" : "failed";
        return (index % 2 === 0 ? one : other).tasks.change("task", 2, { task: taskOf("task", status) });
      });
      expect((await Promise.all(ends)).filter((each) => each !== undefined)).toHaveLength(1);
      await expect(other.tasks.change("task", 3, { task: taskOf("task", "working") })).rejects.toMatchObject({
        code: "asap:protocol/invalid_state",
        data: { to_state: "working", task_id: "task" },
      });
    }));

  test("of 16 who create by one envelope one does", () =>
    withTwo(async (one, other) => {
      const made = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          (index % 2 === 0 ? one : other).tasks.create(newTaskOf(`task-${index}`, { envelopeId: "one" })),
        ),
      );
      expect(made.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
      expect(new Set(made.map(({ record }) => record.task.id)).size).toBe(1);
    }));

  test("claims never overlap while tasks come, are given up and run out of lease", () =>
    withTwo(async (one, other) => {
      const held = new Map<string, number>();
      let done = 0;
      const create = async () => {
        for (let index = 0; index < 100; index += 1) await one.tasks.create(newTaskOf(`task-${index}`));
      };
      const claim = async (store: StateStore, holder: string) => {
        while (done < 100) {
          for (const { task, version, lease } of await store.tasks.claim("agent", { holder, forMs: 60_000 }, 3)) {
            expect(lease?.holder).toBe(holder);
            expect(held.has(task.id)).toBe(false);
            held.set(task.id, version);
            const isGivenUp = version === 2;
            await new Promise((resolve) => setImmediate(resolve));
            held.delete(task.id);
            const working = await store.tasks.change(task.id, version, {
              ...(task.status === "submitted" && { task: taskOf(task.id, "working") }),
              lease: isGivenUp ? { holder, forMs: -1 } : { holder, forMs: 60_000 },
            });
            expect(working?.version).toBe(version + 1);
            if (isGivenUp) continue;
            await store.tasks.change(task.id, version + 1, { task: taskOf(task.id, "completed"), lease: null });
            done += 1;
          }
        }
      };
      const claimers = Array.from({ length: 8 }, (_, index) => claim(index % 2 === 0 ? one : other, `holder-${index}`));
      await Promise.all([create(), ...claimers]);
      expect(await other.tasks.claim("agent", { holder: "late", forMs: 1 }, 100)).toEqual([]);
      expect((await other.tasks.list({ status: ["completed"] }, { limit: 1_000 })).items).toHaveLength(100);
    }));

  test("scripts that the server forgets in between are told to it again", () =>
    withTwo(async (one, other) => {
      const admin = await testClient();
      let isOver = false;
      const forget = async () => {
        while (!isOver) await admin.scriptFlush();
      };
      const work = async () => {
        for (let index = 1; index <= 50; index += 1) {
          await Promise.all([
            one.snapshots.save(snapshotOf("task", index)),
            other.metering.record(eventOf("task")),
            one.tasks.create(newTaskOf(`task-${index}`)),
            other.nonces.use(`nonce-${index}`, 60_000),
          ]);
        }
        isOver = true;
      };
      await Promise.all([forget(), work()]);
      admin.destroy();
      expect(await other.snapshots.listVersions("task")).toHaveLength(50);
      expect((await one.metering.aggregate("agent", "day")).total_tasks).toBe(50);
      expect((await other.tasks.list({}, { limit: 1_000 })).items).toHaveLength(50);
      expect(await one.nonces.use("nonce-50", 60_000)).toBe(false);
    }));

  test("closing waits for what is under way", () =>
    withTwo(async (one, other) => {
      const saves = Array.from({ length: 100 }, (_, index) => one.snapshots.save(snapshotOf("task", index + 1)));
      await Promise.all([one.close(), one.close()]);
      expect((await Promise.allSettled(saves)).every(({ status }) => status === "fulfilled")).toBe(true);
      expect(await other.snapshots.listVersions("task")).toHaveLength(100);
    }));

  test("another prefix sees nothing of it", () =>
    withTwo(async (one) => {
      await one.snapshots.save(snapshotOf("task"));
      await one.nonces.use("nonce", 60_000);
      const apart = await redisState({ url: testUrl, prefix: fresh() });
      expect(await apart.snapshots.list()).toEqual({ items: [] });
      expect(await apart.nonces.use("nonce", 60_000)).toBe(true);
      await apart.close();
    }));
});
