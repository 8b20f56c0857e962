import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { isAsapError } from "../../../error.js";
import { type PostgresStateOptions, postgresState } from "../../../state/postgres/open.js";
import { places } from "../../../state/postgres/testing/places.js";
import { isServerExpected, onServer, serverUrl } from "../../../state/postgres/testing/server.js";
import { circuit, claim, claimed, deliveries, delivery, idsOf, settle, subscription } from "../../contract/records.js";

const own = places();
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});
afterAll(() => own.remove());

async function opened(options: PostgresStateOptions = {}) {
  const schema = options.schema ?? own.fresh();
  const server = options.pool === undefined ? { url: serverUrl } : {};
  const state = await postgresState({ ...server, ...options, schema });
  cleanUp.push(() => state.close());
  if (state.webhooks === undefined) throw new Error("the backend keeps no webhooks");
  const { queue, subscriptions } = state.webhooks;
  return { queue, subscriptions, schema, close: state.close };
}

const urlWith = (change: (url: URL) => void): string => {
  const url = new URL(serverUrl);
  change(url);
  return url.href;
};

const endOf = (application: string) =>
  onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${application}'`);

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(5);
}

const lost = { code: "asap:state/unavailable", data: { backend: "postgres", reason: "the connection was lost" } };

describe.runIf(isServerExpected)("webhooks in PostgreSQL that does not do what it should", () => {
  test("connections that end cost a call each at most, nothing that was queued, and no secret", async () => {
    const schema = own.fresh();
    const url = urlWith((each) => {
      each.password = "canary";
      each.searchParams.set("application_name", schema);
    });
    const { queue } = await opened({ url, schema });
    const queued: string[] = [];
    const faults: unknown[] = [];
    const note = (cause: unknown) => void faults.push(cause);
    for (let round = 0; round < 3; round += 1) {
      const calls = Array.from({ length: 60 }, (_, index) => {
        const one = delivery(`${round}-${index}`);
        return queue.enqueue([one]).then(() => void queued.push(one.id), note);
      });
      await Promise.race(calls);
      await endOf(schema);
      await Promise.all(calls);
    }
    for (const fault of faults) {
      expect(fault).toMatchObject(lost);
      expect(isAsapError(fault) && `${fault.message} ${JSON.stringify(fault)}`).not.toContain("canary");
    }
    const there = new Set<string>();
    for (let tries = 0; tries < 30; tries += 1) {
      const held = await claimed(queue, { perEndpoint: 50 }).catch(() => []);
      for (const { id } of held) there.add(id);
    }
    expect(queued.filter((id) => !there.has(id))).toEqual([]);
  });

  test("a settlement whose connection ends is written whole or not at all", async () => {
    const schema = own.fresh();
    const url = urlWith((each) => each.searchParams.set("application_name", schema));
    const { queue } = await opened({ url, schema });
    await queue.enqueue(deliveries(200, "d"));
    const held = await claimed(queue);
    const parts = Array.from({ length: 20 }, (_, index) => held.slice(index * 10, index * 10 + 10));
    const calls = parts.map((part) => settle(queue, part, { kind: "delivered" }).catch(() => undefined));
    await Promise.race(calls);
    await endOf(schema);
    await Promise.all(calls);
    let left: readonly { readonly id: string }[] | undefined;
    await until(async () => {
      left = (await queue.list({}, { limit: 1_000 }).catch(() => undefined))?.items;
      return left !== undefined;
    });
    const waiting = new Set(idsOf(left ?? []));
    const noted = (await queue.history({}, { limit: 1_000 })).items.map(({ deliveryId }) => deliveryId);
    expect(new Set([...waiting, ...noted]).size).toBe(200);
    expect(noted.filter((id) => waiting.has(id))).toEqual([]);
    for (const part of parts) expect([0, 10]).toContain(part.filter(({ id }) => waiting.has(id)).length);
  });

  test("hints go between instances, and go on after their connections ended", async () => {
    const schema = own.fresh();
    const url = urlWith((each) => each.searchParams.set("application_name", schema));
    const listener = await opened({ url, schema });
    const other = await opened({ schema });
    let hints = 0;
    const end = listener.queue.onWake(() => {
      hints += 1;
    });
    const hinted = async (name: string) => {
      const before = hints;
      for (let index = 0; hints === before; index += 1) {
        await other.queue.enqueue([delivery(`${name}${index}`)]);
        await wait(30);
      }
    };
    await hinted("first");
    await endOf(schema);
    await hinted("second");
    end();
    await listener.close();
    expect(hints).toBeGreaterThan(1);
  });

  test("a pool of one connection that is given is not listened on", async () => {
    const pool = new pg.Pool({ connectionString: serverUrl, max: 1 });
    cleanUp.push(() => pool.end());
    const { queue } = await opened({ pool });
    let hints = 0;
    queue.onWake(() => {
      hints += 1;
    });
    await queue.enqueue([delivery("d")]);
    expect(idsOf(await claimed(queue))).toEqual(["d"]);
    expect(hints).toBe(1);
  });

  test("a pool that is given lends a connection to listen on, and has it back", async () => {
    const pool = new pg.Pool({ connectionString: serverUrl, max: 3 });
    cleanUp.push(() => pool.end());
    const one = await opened({ pool });
    const other = await opened({ schema: one.schema });
    let hints = 0;
    one.queue.onWake(() => {
      hints += 1;
    });
    for (let index = 0; hints < 2; index += 1) {
      await other.queue.enqueue([delivery(`d${index}`)]);
      await wait(30);
    }
    await one.close();
    await until(() => pool.idleCount === pool.totalCount);
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("tables that are gone are told as damage", async () => {
    const { queue, subscriptions, schema } = await opened();
    await onServer(`DROP TABLE "${schema}".webhook_deliveries, "${schema}".webhook_subscriptions`);
    const gone = { code: "asap:state/corrupt", data: { backend: "postgres", reason: "a table is gone" } };
    await expect(queue.enqueue([delivery("d")])).rejects.toMatchObject(gone);
    await expect(claim(queue)).rejects.toMatchObject(gone);
    await expect(subscriptions.put(subscription("s"))).rejects.toMatchObject(gone);
  });

  test("a store that was closed refuses, and no hint follows", async () => {
    const { queue, subscriptions, close } = await opened();
    await close();
    const closed = { code: "asap:state/closed" };
    await expect(queue.enqueue([delivery("d")])).rejects.toMatchObject(closed);
    await expect(claim(queue)).rejects.toMatchObject(closed);
    await expect(queue.settle([], circuit))
      .resolves.toEqual([])
      .catch(() => {});
    await expect(queue.nextDueMs()).rejects.toMatchObject(closed);
    await expect(subscriptions.revision()).rejects.toMatchObject(closed);
  });
});

describe.runIf(isServerExpected)("webhooks in PostgreSQL", () => {
  test.each([0, -1, 1.5])("refuse %d as the most deliveries that wait", async (maxPending) => {
    const refused = { code: "asap:config/invalid_option", data: { option: "maxPending" } };
    await expect(
      postgresState({ url: serverUrl, schema: own.fresh(), webhooks: { maxPending } }),
    ).rejects.toMatchObject(refused);
  });

  test("are claimed and settled at once with serializable transactions too", { timeout: 30_000 }, async () => {
    const schema = own.fresh();
    const url = urlWith((each) => each.searchParams.set("options", "-c default_transaction_isolation=serializable"));
    const queues = [(await opened({ url, schema })).queue, (await opened({ url, schema })).queue] as const;
    const all = Array.from({ length: 60 }, (_, index) =>
      delivery(`d${index}`, { url: `https://h${index % 6}.example/` }),
    );
    await queues[0].enqueue(all);
    const seen: string[] = [];
    const claimers = Array.from({ length: 4 }, async (_, index) => {
      const queue = queues[index % 2 === 0 ? 0 : 1];
      while (seen.length < all.length) {
        const held = await claimed(queue, { maxEndpoints: 2, perEndpoint: 3 });
        seen.push(...idsOf(held));
        await settle(queue, held, { kind: "delivered" });
      }
    });
    await Promise.all(claimers);
    expect([...seen].sort()).toEqual([...idsOf(all)].sort());
  });

  test("go by the clock of the database where none is given", async () => {
    const { queue } = await opened();
    const createdMs = Date.now() + 3_600_000;
    await queue.enqueue([delivery("ahead", { createdMs })]);
    const [held] = await claimed(queue);
    expect(held).toMatchObject({ id: "ahead", createdMs });
  });

  test("are found where the row of their endpoint was cleared or removed meanwhile", async () => {
    const { queue, schema } = await opened();
    await queue.enqueue(deliveries(2, "d"));
    await onServer(`UPDATE "${schema}".webhook_endpoints SET ready_ms = NULL`);
    let held: readonly { readonly id: string }[] = [];
    await until(async () => {
      held = await claimed(queue);
      return held.length > 0;
    });
    expect(held.length).toBe(2);
  });

  test("forget endpoints that have been idle for an hour, and none other", async () => {
    const clock = { ms: Date.UTC(2026, 0, 1) };
    const { queue, schema } = await opened({ now: () => clock.ms });
    const [idle, open, waiting] = [
      "https://idle.example/",
      "https://open.example/",
      "https://waiting.example/",
    ] as const;
    await queue.enqueue([delivery("idle", { url: idle }), delivery("open", { url: open })]);
    const rule = { failures: 1, openMs: 1_000 };
    for (const one of await claimed(queue)) {
      await settle(queue, [one], one.url === idle ? { kind: "delivered" } : { kind: "dead", reason: "gone" }, rule);
    }
    clock.ms += 3_600_001;
    await queue.enqueue([delivery("waiting", { url: waiting })]);
    await claim(queue);
    await queue.prune({});
    const rows = await onServer(`SELECT url FROM "${schema}".webhook_endpoints ORDER BY url`);
    expect(rows).toEqual([{ url: open }, { url: waiting }]);
  });
});
