import { afterAll, describe, expect, test } from "vitest";
import type { NewTask, TaskRecord } from "../task-store.js";
import { type PostgresStateOptions, postgresState } from "./open.js";
import { steps } from "./schema.js";
import { places } from "./testing/places.js";
import { isServerExpected, onServer, serverUrl } from "./testing/server.js";

const own = places();
afterAll(() => own.remove());

const fresh = (id: string, more: Partial<NewTask> = {}): NewTask => ({
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
  owner: "urn:asap:agent:client",
  envelopeId: null,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
  ...more,
});

const range = (length: number) => Array.from({ length }, (_, index) => index);

/** Two instances on one schema, as two processes have them. */
async function two(more: Partial<PostgresStateOptions> = {}) {
  const options = { url: serverUrl, schema: own.fresh(), ...more };
  const stores = [await postgresState(options), await postgresState(options)] as const;
  return { stores, close: () => Promise.all(stores.map((store) => store.close())) };
}

const strict = new URL(serverUrl);
strict.searchParams.set("options", "-c default_transaction_isolation=serializable");
const servers = [
  ["as the server is set", serverUrl, 60],
  ["with serializable transactions", strict.href, 20],
] as const;

describe.runIf(isServerExpected)("instances on one PostgreSQL", () => {
  test("that open one schema at once make its layout once", async () => {
    const schema = own.fresh();
    const stores = await Promise.all(range(8).map(() => postgresState({ url: serverUrl, schema, maxConnections: 2 })));
    expect(await onServer(`SELECT version FROM "${schema}".schema_version`)).toEqual(
      steps.map((_, index) => ({ version: index + 1 })),
    );
    await Promise.all(stores.map(({ nonces }) => nonces.use(`nonce`, 60_000)));
    await Promise.all(stores.map((store) => store.close()));
  });

  test.each(servers)("that change one version at once have one winner, %s", async (_, url, rounds) => {
    const { stores, close } = await two({ url });
    await stores[0].tasks.create(fresh("task"));
    for (let version = 1; version <= rounds; version += 1) {
      const writers = range(16).map((writer) =>
        stores[writer % 2 === 0 ? 0 : 1].tasks.change("task", version, { answer: `"${writer}"` }),
      );
      const winners = (await Promise.all(writers)).filter((each) => each !== undefined);
      expect(winners.map((each) => each.version)).toEqual([version + 1]);
      expect(await stores[0].tasks.get("task")).toEqual(winners[0]);
    }
    await close();
  });

  test.each(servers)("that create by one envelope at once get the record of the one that did, %s", async (_, url) => {
    const { stores, close } = await two({ url });
    for (const round of range(10)) {
      const rivals = range(24).map((rival) =>
        stores[rival % 2 === 0 ? 0 : 1].tasks.create(
          fresh(`${round} ${rival}`, {
            envelopeId: `envelope ${round}`,
            idempotencyKey: rival % 3 === 0 ? null : `key ${round}`,
          }),
        ),
      );
      const outcomes = await Promise.all(rivals);
      const [made, ...more] = outcomes.filter(({ outcome }) => outcome === "created");
      expect(more).toEqual([]);
      for (const { record } of outcomes) expect(record).toEqual(made?.record);
    }
    expect((await stores[0].tasks.list()).items.length).toBe(10);
    await close();
  });

  test("that claim at once never have a task twice, and leave none", async () => {
    const { stores, close } = await two();
    await Promise.all(range(300).map((index) => stores[0].tasks.create(fresh(`task ${index}`))));
    const claimed: TaskRecord[] = [];
    const claimers = range(8).map(async (index) => {
      const { tasks } = stores[index % 2 === 0 ? 0 : 1];
      for (;;) {
        const found = await tasks.claim("agent", { holder: `holder ${index}`, forMs: 60_000 }, 7);
        if (found.length === 0) return;
        claimed.push(...found);
      }
    });
    await Promise.all(claimers);
    expect(new Set(claimed.map(({ task }) => task.id)).size).toBe(300);
    expect(claimed.length).toBe(300);
    for (const record of claimed.slice(0, 20)) expect(await stores[1].tasks.get(record.task.id)).toEqual(record);
    await close();
  });

  test("that use one nonce at once, each time after it ran out, are told once that it is new", async () => {
    let nowMs = 1_000;
    const { stores, close } = await two({ now: () => nowMs });
    for (const _ of range(20)) {
      const uses = range(16).map((index) => stores[index % 2 === 0 ? 0 : 1].nonces.use("nonce", 50));
      expect((await Promise.all(uses)).filter(Boolean).length).toBe(1);
      nowMs += 50;
    }
    await close();
  });

  test("that take records over at once, in any order and some twice, do not hinder each other", async () => {
    const { stores, close } = await two();
    const event = (index: number) => ({
      task_id: "task",
      agent_id: "agent",
      consumer_id: "consumer",
      metrics: { tokens_in: index },
      timestamp: "2026-01-01T00:00:00Z",
    });
    const records = range(200).map((index) => ({ id: `id ${index}`, event: event(index) }));
    await Promise.all(
      range(16).map((index) => {
        const order = index % 2 === 0 ? records : records.toReversed();
        return stores[index % 2 === 0 ? 0 : 1].metering.put(...order, ...order.slice(0, 3));
      }),
    );
    const { total_tasks, total_tokens } = await stores[0].metering.aggregate("agent", "all");
    expect([total_tasks, total_tokens]).toEqual([200, (199 * 200) / 2]);
    await close();
  });

  test("of which one purges while others do find every old record deleted once", async () => {
    const { stores, close } = await two();
    const ended = { ...fresh("").task, status: "completed" as const };
    const puts = range(100).map((index) =>
      stores[0].tasks.put({ ...fresh(""), task: { ...ended, id: `t${index}` }, version: 2, lease: null }),
    );
    await Promise.all(puts);
    const counts = await Promise.all(range(6).map((index) => stores[index % 2 === 0 ? 0 : 1].tasks.purge(Date.now())));
    expect(counts.reduce((sum, count) => sum + count)).toBe(100);
    expect(await stores[0].tasks.list()).toEqual({ items: [] });
    await close();
  });
});
