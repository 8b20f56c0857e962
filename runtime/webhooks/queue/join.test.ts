import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { isAsapError } from "../../error.js";
import { memoryState } from "../../state/memory.js";
import { sqliteState } from "../../state/sqlite/open.js";
import type { StateStore } from "../../state/state-store.js";
import type { NewTask } from "../../state/task-store.js";
import { hasSqlite } from "../../testing/services.js";
import { claimed, deliveries, delivery, idsOf, settle, sortedIds } from "../contract/records.js";
import type { WebhookStore, WebhookStoreOptions } from "../webhook-store.js";

const time = "2026-01-01T00:00:00Z";
const task = (id: string, more: Partial<NewTask> = {}): NewTask => ({
  agent: "urn:asap:agent:server",
  task: { id, conversation_id: "c", status: "submitted", created_at: time, updated_at: time },
  owner: "urn:asap:agent:client",
  envelopeId: `envelope of ${id}`,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
  ...more,
});

const path = join(tmpdir(), `asap-join-${randomUUID()}.db`);
const engines = {
  memory: { isThere: true, open: async (webhooks: WebhookStoreOptions) => memoryState({ webhooks }) },
  SQLite: {
    isThere: hasSqlite,
    open: (webhooks: Omit<WebhookStoreOptions, "now">) => sqliteState({ path, durability: "normal", webhooks }),
  },
};

for (const [name, { isThere, open }] of Object.entries(engines)) {
  describe.runIf(isThere)(`deliveries that join a change of a task in ${name} (HOOK-004)`, () => {
    let store: StateStore;
    const opened = async (maxPending = 1_000, maxPendingPerUrl = 1_000): Promise<WebhookStore> => {
      store = await open({ maxPending, maxPendingPerUrl });
      return store.webhooks as WebhookStore;
    };
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => "done",
        (cause: unknown) => (isAsapError(cause) ? cause.code : cause),
      );
    afterEach(async () => {
      await store.close();
      for (const end of ["", "-wal", "-shm"]) await rm(path + end, { force: true });
    });

    test("they are queued with the task that is made, and not with one that is there", async () => {
      const { queue } = await opened();
      expect(await store.tasks.create(task("t", { deliveries: deliveries(2, "a") }))).toMatchObject({
        outcome: "created",
      });
      expect(await store.tasks.create(task("t", { deliveries: deliveries(2, "b") }))).toMatchObject({
        outcome: "exists",
      });
      expect(await codeOf(store.tasks.create(task("t", { envelopeId: "e", deliveries: deliveries(2, "c") })))).toBe(
        "asap:state/conflict",
      );
      expect(sortedIds(await claimed(queue))).toEqual(["a0", "a1"]);
    });

    test("they are queued with the change that is made, and not with one that comes too late", async () => {
      const { queue } = await opened();
      const { record } = await store.tasks.create(task("t"));
      const working = { ...record.task, status: "working" as const };
      await store.tasks.change("t", 1, { task: working, deliveries: [delivery("started")] });
      expect(await store.tasks.change("t", 1, { task: working, deliveries: [delivery("late")] })).toBeUndefined();
      const back = { ...record.task, status: "submitted" as const };
      expect(await codeOf(store.tasks.change("t", 2, { task: back, deliveries: [delivery("illegal")] }))).toBe(
        "asap:protocol/invalid_state",
      );
      expect(idsOf(await claimed(queue))).toEqual(["started"]);
    });

    test("a full queue refuses a task, and none that was begun its change", async () => {
      const { queue } = await opened(2);
      await queue.enqueue(deliveries(2, "d"));
      expect(await codeOf(store.tasks.create(task("t", { deliveries: [delivery("a")] })))).toBe(
        "asap:webhook/queue_full",
      );
      expect(await store.tasks.get("t")).toBeUndefined();
      const { record } = await store.tasks.create(task("t"));
      const working = { task: { ...record.task, status: "working" as const }, deliveries: deliveries(3, "a") };
      expect(await store.tasks.change("t", 1, working)).toMatchObject({ version: 2, task: { status: "working" } });
      expect(await codeOf(queue.enqueue([delivery("b")]))).toBe("asap:webhook/queue_full");
      const held = await claimed(queue);
      expect(sortedIds(held)).toEqual(["a0", "a1", "a2", "d0", "d1"]);
      await settle(queue, held, { kind: "delivered" });
      expect(await queue.enqueue([delivery("b")])).toEqual(["added"]);
    });

    test("a URL that has as many as it may is refused more, and others are not", async () => {
      const { queue } = await opened(1_000, 3);
      await queue.enqueue(deliveries(2, "a"));
      await claimed(queue, { perEndpoint: 1 });
      const many = await Promise.all(
        ["b", "c"].map((id) => codeOf(queue.enqueue([delivery(id), delivery("other", { url: "https://b.example/" })]))),
      );
      expect(many).toEqual(["done", "asap:webhook/queue_full"]);
      expect(await codeOf(store.tasks.create(task("t", { deliveries: [delivery("d")] })))).toBe(
        "asap:webhook/queue_full",
      );
      await expect(queue.enqueue([delivery("e")])).rejects.toMatchObject({ data: { pending: 3, max_pending: 3 } });
      expect(await queue.enqueue([delivery("a0"), delivery("f", { url: "https://b.example/" })])).toEqual([
        "exists",
        "added",
      ]);
      const { record } = await store.tasks.create(task("t"));
      const working = { task: { ...record.task, status: "working" as const }, deliveries: [delivery("g")] };
      expect(await store.tasks.change("t", 1, working)).toMatchObject({ version: 2 });
      expect((await queue.endpoints()).items).toMatchObject([{ pending: 4 }, { pending: 2 }]);
    });

    test("a delivery that is none is refused with the task", async () => {
      await opened();
      expect(await codeOf(store.tasks.create(task("t", { deliveries: [delivery("")] })))).toBe(
        "asap:state/invalid_record",
      );
      expect(await store.tasks.get("t")).toBeUndefined();
    });

    test("many tasks at once are queued each with its own", async () => {
      const { queue } = await opened();
      const all = Array.from({ length: 100 }, (_, index) => `t${index}`);
      await Promise.all([
        ...all.map((id) => store.tasks.create(task(id, { deliveries: [delivery(id)] }))),
        ...all.map((id) => queue.enqueue([delivery(`of ${id}`)])),
      ]);
      expect((await claimed(queue)).length).toBe(200);
      expect(await queue.stats()).toMatchObject({ pending: 0, leased: 200 });
    });
  });
}
