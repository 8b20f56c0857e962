import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { isAsapError } from "../../../error.js";
import { openDatabase, type SqliteDatabase } from "../../../state/sqlite/driver.js";
import { sqliteState } from "../../../state/sqlite/open.js";
import type { StateStore } from "../../../state/state-store.js";
import { hasSqlite } from "../../../testing/services.js";
import { startMs } from "../../contract/case.js";
import {
  circuit,
  claim,
  claimed,
  deliveries,
  delivery,
  die,
  idsOf,
  settle,
  sortedIds,
} from "../../contract/records.js";
import type { DeliveryQueue } from "../../delivery-queue.js";
import { endHolder, isGone, newHolder } from "./holder.js";

describe.runIf(hasSqlite)("who sends from an SQLite file", () => {
  let path = join(tmpdir(), `asap-sending-${randomUUID()}.db`);
  const clock = { ms: startMs };
  const opened: StateStore[] = [];
  const bounds = { maxPendingPerUrl: 100_000 };
  const open = async (database?: SqliteDatabase): Promise<readonly [DeliveryQueue, StateStore]> => {
    const place = database === undefined ? { path } : { database };
    const state = await sqliteState({ ...place, durability: "normal", webhooks: bounds, now: () => clock.ms });
    opened.push(state);
    return [state.webhooks?.queue as DeliveryQueue, state];
  };
  afterEach(async () => {
    for (const state of opened.splice(0)) await state.close();
    for (const end of ["", "-wal", "-shm"]) await rm(path + end, { force: true });
    path = join(tmpdir(), `asap-sending-${randomUUID()}.db`);
    clock.ms = startMs;
  });

  test("one at a time does; another takes over once it has closed", async () => {
    const [first, state] = await open();
    const [second] = await open();
    await second.enqueue(deliveries(10, "d"));
    expect((await claimed(first, { perEndpoint: 3 })).length).toBe(3);
    expect(await claimed(second)).toEqual([]);
    expect(await second.nextDueMs()).toBeGreaterThan(clock.ms);
    await state.close();
    expect((await claimed(second)).length).toBe(10);
  });

  test("another takes over once the time of the first is over, whose outcomes then count for nothing", async () => {
    const [first] = await open();
    const [second] = await open();
    await first.enqueue(deliveries(3, "d"));
    const late = await claimed(first, { leaseMs: 30_000 });
    clock.ms += 60_000;
    const held = await claimed(second);
    expect(held.length).toBe(3);
    expect(await settle(first, late, { kind: "delivered" })).toEqual(late.map(() => ({ result: "stale" })));
    expect(await first.heartbeat(late, 1_000)).toEqual([false, false, false]);
    expect(await claimed(first)).toEqual([]);
    expect((await first.history()).items).toEqual([]);
    expect(await settle(second, held, { kind: "delivered" })).toEqual(held.map(() => ({ result: "applied" })));
  });

  test("who sends goes on for as long as nobody took over, whatever the clock says", async () => {
    const [queue] = await open();
    await queue.enqueue(deliveries(2, "d"));
    await claimed(queue, { perEndpoint: 1 });
    clock.ms += 86_400_000;
    expect(sortedIds(await claimed(queue))).toEqual(["d0", "d1"]);
  });

  test("no claim outlives the time of its process, so that nothing is held twice", async () => {
    const [first] = await open();
    const [second] = await open();
    await first.enqueue([delivery("d")]);
    const held = await claimed(first, { leaseMs: 3_600_000 });
    clock.ms += 3_599_999;
    expect(await claimed(second)).toEqual([]);
    expect(await first.heartbeat(held, 3_600_000)).toEqual([true]);
    clock.ms += 3_599_999;
    expect(await claimed(second)).toEqual([]);
  });

  test("what others do reaches who sends: rows, replays, removals, circuits", async () => {
    const [sender] = await open();
    const [other] = await open();
    const rule = { failures: 1, openMs: 3_600_000 };
    await sender.enqueue([delivery("a", { url: "https://a.example/" })]);
    await settle(sender, await claimed(sender, { circuit: rule }), { kind: "dead", reason: "gone" }, rule);
    await sender.enqueue(deliveries(3, "mine", { subscriptionId: "unwanted", orderKey: "k" }));
    await other.enqueue(deliveries(3, "theirs", { subscriptionId: "unwanted" }));
    await other.enqueue(deliveries(2, "wanted"));
    expect(await other.drop("unwanted")).toBe(6);
    expect(await other.dead.replay(["a"])).toEqual([true]);
    expect(sortedIds(await claimed(sender, { circuit: rule }))).toEqual(["wanted0", "wanted1"]);
    expect((await other.endpoints()).items).toMatchObject([
      { url: "https://a.example/", circuit: "open", pending: 1 },
      { url: "https://a.example/hook", circuit: "closed", pending: 2 },
    ]);
    await other.resetEndpoint("https://a.example/");
    expect(idsOf(await claimed(sender, { circuit: rule }))).toEqual(["a"]);
    expect(await other.stats()).toMatchObject({ pending: 3, dead: 0, openCircuits: 0 });
    expect(await sender.stats()).toMatchObject({ pending: 0, leased: 3 });
  });

  test("a delivery that another removed while it was sent ends with its attempt", async () => {
    const [sender] = await open();
    const [other] = await open();
    await sender.enqueue([delivery("d", { orderKey: "k" }), delivery("e", { orderKey: "k", subscriptionId: "s" })]);
    const held = await claimed(sender);
    expect(await other.drop("subscription")).toBe(1);
    expect(await settle(sender, held, { kind: "retry", atMs: clock.ms })).toEqual([{ result: "applied" }]);
    expect(idsOf(await claimed(sender))).toEqual(["e"]);
    expect(await sender.stats()).toMatchObject({ pending: 0, leased: 1 });
  });

  test("what is dropped or replaced in many parts is forgotten, what came meanwhile too", async () => {
    const [queue] = await open();
    await claim(queue);
    const [theirs, mine] = [{ subscriptionId: "unwanted" }, { url: "https://b.example/" }];
    for (let part = 0; part < 3; part += 1) {
      await queue.enqueue(deliveries(900, `d${part}-`, part === 1 ? { ...theirs, orderKey: "k" } : theirs));
      await queue.enqueue(deliveries(100, `kept${part}-`, mine));
    }
    const held = await claimed(queue, { perEndpoint: 1 });
    const dropping = queue.drop("unwanted");
    await queue.enqueue([delivery("late", theirs), delivery("wanted")]);
    const dropped = await dropping;
    const { items } = await queue.list({}, { limit: 1_000 });
    const left = items.filter(({ subscriptionId }) => subscriptionId === "unwanted");
    expect(dropped + left.length).toBe(2_701);
    expect(left.length).toBe(1);
    expect(await queue.stats()).toMatchObject({ pending: 300, leased: 2 });
    await queue.restore({ deliveries: items.map((one) => ({ ...one, state: "pending", attempts: 3 })) });
    expect(await queue.heartbeat(held, 1_000)).toEqual([false, false]);
    expect(await queue.stats()).toMatchObject({ pending: 302, leased: 0 });
    const again = await claimed(queue);
    expect(sortedIds(again)).toEqual(sortedIds(items));
    expect(again.every(({ attempt }) => attempt === 4)).toBe(true);
  });

  test("more than is kept in memory is read back when it is claimed", async () => {
    const [queue] = await open();
    const body = JSON.stringify("x".repeat(1_000_000));
    await queue.enqueue(deliveries(20, "d", { body }));
    const held = await claimed(queue);
    expect(held.length).toBe(20);
    expect(held.every((one) => one.body === body)).toBe(true);
  });

  test("rows of one turn are read in parts, and all are claimed in their order", async () => {
    const [queue, state] = await open();
    for (let part = 0; part < 6; part += 1) await queue.enqueue(deliveries(2_000, `d${part}-`, { orderKey: "k" }));
    await queue.enqueue(deliveries(100, "free"));
    await state.close();
    const [next] = await open();
    const seen: string[] = [];
    for (let tries = 0; seen.length < 101 && tries < 1_000; tries += 1) {
      seen.push(...idsOf(await claimed(next)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(seen[0]).toBe("d0-0");
    expect(seen.length).toBe(101);
  });

  test("what a full disk refuses is told, and nothing is lost or half", async () => {
    const real = await openDatabase(path);
    let isFull = false;
    const failing: SqliteDatabase = {
      exec: (sql) => real.exec(sql),
      prepare(sql) {
        const statement = real.prepare(sql);
        if (sql !== "COMMIT") return statement;
        const run = () => {
          if (isFull) throw Object.assign(new Error("the disk is full"), { code: "SQLITE_FULL" });
          return statement.run();
        };
        return { run, get: () => statement.get(), all: () => statement.all() };
      },
      close: () => real.close(),
    };
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => "done",
        (cause: unknown) => (isAsapError(cause) ? cause.code : cause),
      );
    const [queue] = await open(failing);
    await queue.enqueue([...deliveries(2, "d"), delivery("short", { expiresMs: startMs + 10 })]);
    const held = await claimed(queue, { perEndpoint: 2 });
    clock.ms += 10;
    isFull = true;
    expect(await codeOf(queue.enqueue([delivery("lost")]))).toBe("asap:state/unavailable");
    expect(await codeOf(settle(queue, held, { kind: "delivered" }))).toBe("asap:state/unavailable");
    expect(await codeOf(claim(queue))).toBe("asap:state/unavailable");
    isFull = false;
    expect(await settle(queue, held, { kind: "delivered" })).toEqual(held.map(() => ({ result: "applied" })));
    expect(await claimed(queue)).toEqual([]);
    expect(idsOf((await queue.dead.list()).items)).toEqual(["short"]);
    expect(await queue.enqueue([delivery("lost")])).toEqual(["added"]);
    expect(idsOf(await claimed(queue))).toEqual(["lost"]);
    expect((await queue.history()).items.length).toBe(2);
  });

  test("a store that is closed refuses", async () => {
    const [queue, state] = await open();
    await die(queue, [delivery("d")]);
    await state.close();
    for (const work of [
      () => queue.enqueue([delivery("e")]),
      () => claim(queue),
      () => queue.settle([], circuit),
      () => queue.list(),
      () => queue.stats(),
      () => queue.dead.replay(["d"]),
      () => queue.nextDueMs(),
    ])
      await expect(work()).rejects.toMatchObject({ code: "asap:state/closed" });
  });
});

describe("holders of the sending side", () => {
  test("one of this process is gone once it ended", () => {
    const holder = newHolder();
    expect(isGone(holder)).toBe(false);
    endHolder(holder);
    expect(isGone(holder)).toBe(true);
  });

  test("one of another thread, or of another copy of the package, is not gone while the process runs", () => {
    const holder = newHolder();
    endHolder(holder);
    const [where, pid, thread, copy, name] = JSON.parse(holder) as readonly unknown[];
    expect(isGone(JSON.stringify([where, pid, Number(thread) + 1, copy, name]))).toBe(false);
    expect(isGone(JSON.stringify([where, pid, thread, "another copy", name]))).toBe(false);
    expect(isGone(JSON.stringify([where, pid, name]))).toBe(false);
    expect(isGone(holder)).toBe(true);
  });

  test("a second copy of this module does not take a holder of the first for gone", async () => {
    vi.resetModules();
    const other = await import("./holder.js");
    const holder = newHolder();
    expect(other.isGone(holder)).toBe(false);
    expect(isGone(other.newHolder())).toBe(false);
    endHolder(holder);
  });

  test("one of a process that ended is gone, one of another host is not", () => {
    const [where, , ...name] = JSON.parse(newHolder()) as readonly [string, number, ...unknown[]];
    expect(where).toContain(hostname());
    expect(isGone(JSON.stringify([where, 2 ** 22 + 1, ...name]))).toBe(true);
    expect(isGone(JSON.stringify([where, process.ppid, ...name]))).toBe(false);
    expect(isGone(JSON.stringify(["another host", 2 ** 22 + 1, ...name]))).toBe(false);
    for (const text of ["", "{}", "[]", '["x"]']) expect(isGone(text)).toBe(false);
  });
});
