import { afterAll, describe, expect, test } from "vitest";
import { postgresState } from "../../../state/postgres/open.js";
import { places } from "../../../state/postgres/testing/places.js";
import { isServerExpected, onServer, serverUrl } from "../../../state/postgres/testing/server.js";
import type { NewTask } from "../../../state/task-store.js";
import { claimed, delivery, idsOf, settle } from "../../contract/records.js";
import type { NewDelivery } from "../../delivery.js";

const own = places();
afterAll(() => own.remove());

const task = (id: string, deliveries?: readonly NewDelivery[]): NewTask => ({
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
  ...(deliveries !== undefined && { deliveries }),
});

async function opened(maxPending = 1_000, maxPendingPerUrl = 1_000) {
  const schema = own.fresh();
  const state = await postgresState({ url: serverUrl, schema, webhooks: { maxPending, maxPendingPerUrl } });
  if (state.webhooks === undefined) throw new Error("the backend keeps no webhooks");
  return { ...state, queue: state.webhooks.queue, schema };
}

describe.runIf(isServerExpected)("deliveries that come with a task in PostgreSQL", () => {
  test("are queued where the task is created, and not where it was there", async () => {
    const { tasks, queue, close } = await opened();
    const made = await tasks.create(task("one", [delivery("a"), delivery("b", { url: "https://b.example/" })]));
    expect(made.outcome).toBe("created");
    expect(made.record).not.toHaveProperty("deliveries");
    expect((await tasks.create(task("one", [delivery("c")]))).outcome).toBe("exists");
    expect(idsOf((await queue.list()).items)).toEqual(["a", "b"]);
    expect([...idsOf(await claimed(queue))].sort()).toEqual(["a", "b"]);
    await close();
  });

  test("are queued where the change is made, and not where the version is another or the move is illegal", async () => {
    const { tasks, queue, close } = await opened();
    const { record } = await tasks.create(task("one"));
    const working = { ...record.task, status: "working" as const };
    const changed = await tasks.change("one", 1, { task: working, deliveries: [delivery("a")] });
    expect(changed).toEqual(await tasks.get("one"));
    expect(await tasks.change("one", 1, { task: working, deliveries: [delivery("b")] })).toBeUndefined();
    const illegal = { ...record.task, status: "submitted" as const };
    await expect(tasks.change("one", 2, { task: illegal, deliveries: [delivery("c")] })).rejects.toMatchObject({
      code: "asap:protocol/invalid_state",
    });
    expect(idsOf((await queue.list()).items)).toEqual(["a"]);
    await close();
  });

  test("leave the task as it was where they cannot be queued", async () => {
    const { tasks, queue, close } = await opened(1);
    await tasks.create(task("one"));
    await expect(
      tasks.change("one", 1, { answer: "{}", deliveries: [delivery("a"), delivery("x".repeat(129))] }),
    ).rejects.toMatchObject({ code: "asap:state/invalid_record" });
    await expect(tasks.create(task("two", [delivery("a"), delivery("b")]))).rejects.toMatchObject({
      code: "asap:webhook/queue_full",
      data: { pending: 0, max_pending: 1 },
    });
    expect(await tasks.get("two")).toBeUndefined();
    expect((await tasks.get("one"))?.version).toBe(1);
    expect((await queue.list()).items).toEqual([]);
    await close();
  });

  test("are taken with a change however many wait, and count", async () => {
    const { tasks, queue, close } = await opened(2);
    await tasks.create(task("one"));
    await queue.enqueue([delivery("a"), delivery("b")]);
    const full = { code: "asap:webhook/queue_full" };
    await expect(queue.enqueue([delivery("c")])).rejects.toMatchObject(full);
    const changed = await tasks.change("one", 1, { answer: "{}", deliveries: [delivery("d"), delivery("e")] });
    expect(changed?.version).toBe(2);
    await settle(queue, (await claimed(queue)).slice(0, 2), { kind: "delivered" });
    await expect(queue.enqueue([delivery("c")])).rejects.toMatchObject(full);
    expect((await queue.list()).items.length).toBe(2);
    await close();
  });

  test("are bounded for each URL: who would begin a task is refused, an end is taken and counts", async () => {
    const { tasks, queue, close } = await opened(1_000, 3);
    const { record } = await tasks.create(task("one", [delivery("a"), delivery("b")]));
    const full = (pending: number) => ({ code: "asap:webhook/queue_full", data: { pending, max_pending: 3 } });
    const other = { url: "https://b.example/" };
    const two = () => tasks.create(task("two", [delivery("c"), delivery("d"), delivery("e", other)]));
    await expect(two()).rejects.toMatchObject(full(2));
    expect(await tasks.get("two")).toBeUndefined();
    const working = { ...record.task, status: "working" as const };
    const deliveries = [delivery("f"), delivery("g")];
    expect(await tasks.change("one", 1, { task: working, deliveries })).toMatchObject({ version: 2 });
    await expect(queue.enqueue([delivery("h")])).rejects.toMatchObject(full(3));
    expect(await queue.enqueue([delivery("i", other)])).toEqual(["added"]);
    await settle(queue, (await claimed(queue)).slice(0, 4), { kind: "delivered" });
    expect((await two()).outcome).toBe("created");
    await close();
  });

  test("go with a change that the database takes back", async () => {
    const { tasks, queue, schema, close } = await opened();
    await tasks.create(task("one"));
    await onServer(
      `CREATE FUNCTION "${schema}".refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
      `CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON "${schema}".tasks DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION "${schema}".refuse()`,
    );
    await expect(tasks.change("one", 1, { answer: "{}", deliveries: [delivery("a")] })).rejects.toMatchObject({
      code: "asap:state/unavailable",
    });
    expect((await tasks.get("one"))?.version).toBe(1);
    expect((await queue.list()).items).toEqual([]);
    await onServer(`DROP TRIGGER late ON "${schema}".tasks`);
    await tasks.change("one", 1, { answer: "{}", deliveries: [delivery("a")] });
    expect(idsOf(await claimed(queue))).toEqual(["a"]);
    await close();
  });
});
