import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openDatabase, type SqliteDatabase } from "../../../state/sqlite/driver.js";
import { migrate } from "../../../state/sqlite/schema.js";
import { GroupWriter } from "../../../state/sqlite/writer.js";
import { hasSqlite } from "../../../testing/services.js";
import { claim, claimed, delivery, die, settle } from "../../contract/records.js";
import { sqliteWebhooks } from "./store.js";

const broken = (code: string) => Object.assign(new Error(code), { code: `SQLITE_${code}` });

/** A database whose statements of some kind fail as often as it is told. */
function failing(database: SqliteDatabase, text: RegExp, fails: () => boolean): SqliteDatabase {
  const prepare = database.prepare.bind(database);
  return Object.assign(database, {
    prepare: (sql: string) => {
      const statement = prepare(sql);
      if (!text.test(sql)) return statement;
      const or = (work: () => unknown) => {
        if (fails()) throw broken("IOERR");
        return work();
      };
      return {
        all: (...values: readonly unknown[]) => or(() => statement.all(...values)),
        get: (...values: readonly unknown[]) => or(() => statement.get(...values)),
        run: (...values: readonly unknown[]) => or(() => statement.run(...values)),
      };
    },
  }) as SqliteDatabase;
}

describe.runIf(hasSqlite)("work on an SQLite file that breaks off", () => {
  let path = join(tmpdir(), `asap-interrupted-${randomUUID()}.db`);
  const opened: { close(): void }[] = [];
  const open = async (text = /^$/, fails = () => false) => {
    const database = await openDatabase(path);
    database.exec("PRAGMA journal_mode = WAL");
    migrate(database);
    const writer = new GroupWriter(database);
    const webhooks = sqliteWebhooks(failing(database, text, fails), writer);
    opened.push({
      close() {
        webhooks.close();
        writer.close();
      },
    });
    return { queue: webhooks.queue, writer };
  };
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    for (const end of ["", "-wal", "-shm"]) await rm(path + end, { force: true });
    path = join(tmpdir(), `asap-interrupted-${randomUUID()}.db`);
  });

  test("nothing is known of rows that a write added and took back", async () => {
    const mine = await open();
    const other = await open();
    await die(mine.queue, [delivery("gone", { url: "https://gone.example/" })]);
    await other.queue.enqueue([delivery("theirs", { url: "https://theirs.example/" })]);
    const full = broken("FULL");
    const ended = await Promise.allSettled([
      mine.queue.enqueue([delivery("mine", { url: "https://mine.example/" })]),
      ...Array.from({ length: 999 }, () => mine.writer.write(() => {})),
      mine.queue.dead.replay(["gone"]),
      mine.queue.drop("nobody"),
      mine.writer.write(() => {
        throw full;
      }),
    ]);
    expect(ended.at(-1)?.status).toBe("rejected");
    await mine.queue.enqueue([delivery("private", { url: "https://private.example/" })]);
    const batches = await claim(mine.queue);
    for (const { url, deliveries } of batches) for (const one of deliveries) expect(one.url).toBe(url);
    const ids = batches.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
    expect(ids.filter((id) => id !== "gone").sort()).toEqual(["mine", "private", "theirs"]);
  });

  test("rows that could not be read are read the next time", async () => {
    let failures = 0;
    const { queue } = await open(/SELECT seq, due_ms, attempts, replays, head/, () => failures-- > 0);
    await queue.enqueue([delivery("one")]);
    failures = 1;
    await expect(claim(queue)).rejects.toMatchObject({ code: "asap:state/unavailable" });
    expect((await claimed(queue)).map(({ id }) => id)).toEqual(["one"]);
  });

  test("what was claimed and could not be read is there for the next claim, and no attempt is counted", async () => {
    let failures = 0;
    const { queue } = await open(/SELECT seq, id, head, body/, () => failures-- > 0);
    await queue.enqueue([delivery("one")]);
    failures = 1;
    await expect(claim(queue)).rejects.toMatchObject({ code: "asap:state/unavailable" });
    expect(await claimed(queue)).toMatchObject([{ id: "one", attempt: 1 }]);
  });

  test("a circuit whose opening could not be written is opened, and told of, by the write after that", async () => {
    let failures = 0;
    const { queue } = await open(/INSERT INTO asap_webhook_circuits/, () => failures-- > 0);
    await queue.enqueue([delivery("one")]);
    const [held] = await claimed(queue);
    if (held === undefined) throw new Error("nothing was claimed");
    const failed = {
      delivery: held,
      outcome: { kind: "retry", atMs: Date.now() + 60_000 },
      endpoint: "fails",
    } as const;
    const rule = { failures: 1, openMs: 60_000 };
    failures = 1;
    await expect(queue.settle([failed], rule)).rejects.toMatchObject({ code: "asap:state/unavailable" });
    expect((await queue.endpoints()).items).toMatchObject([{ circuit: "closed" }]);
    expect(await queue.settle([failed], rule)).toEqual([{ result: "applied", circuit: "opened" }]);
    const second = await open();
    expect((await second.queue.endpoints()).items).toMatchObject([{ circuit: "open", failures: 1 }]);
  });

  test("a claim is kept while its outcome is written", async () => {
    const { queue } = await open();
    await queue.enqueue([delivery("one")]);
    const held = await claimed(queue);
    const settling = settle(queue, held, { kind: "delivered" });
    expect(await queue.heartbeat(held, 30_000)).toEqual([true]);
    await settling;
    expect(await queue.heartbeat(held, 30_000)).toEqual([false]);
  });
});
