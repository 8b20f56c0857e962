import { makePool, type PostgresPool, type PostgresQuery } from "../../state/postgres/driver.js";
import { postgresState } from "../../state/postgres/open.js";
import { openDatabase, type SqliteDatabase, type SqliteStatement } from "../../state/sqlite/driver.js";
import { sqliteState } from "../../state/sqlite/open.js";
import type { StateStore } from "../../state/state-store.js";
import type { KillStep } from "./kill-records.js";

/** Ends this process as a crash would: nothing runs after it. */
export function killSelf(): never {
  process.kill(process.pid, "SIGKILL");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error("the process went on");
}

/** Kills this process at the given time of those it is asked at. */
export function killer(time: number): () => void {
  let left = time;
  return () => {
    left -= 1;
    if (left === 0) killSelf();
  };
}

const queues = /INSERT\s+INTO\s+\S*webhook_deliveries\b/;
const settles = /INSERT\s+INTO\s+\S*webhook_attempts\b/;

/** Opens a store whose handle kills this process at a step of a transaction. */
export function openToKill(location: string, step: KillStep | undefined): Promise<StateStore> {
  const isWithin = step?.at === "in" || step?.at === "committed";
  const kill = killer(isWithin ? step.time : Number.POSITIVE_INFINITY);
  const [before, after] = step?.at === "committed" ? [() => {}, kill] : [kill, () => {}];
  const counts = (text: string) => isWithin && (step.call === "settle" ? settles : queues).test(text);
  if (location.startsWith("sqlite:")) return openFile(location.slice("sqlite:".length), counts, before, after);
  return openServer(location, counts, before, after);
}

/** Opens a store by a clock that is ahead of that of this machine, by milliseconds. */
export function openLater(location: string, aheadMs: number): Promise<StateStore> {
  const now = () => Date.now() + aheadMs;
  if (location.startsWith("sqlite:")) return sqliteState({ path: location.slice("sqlite:".length), now });
  return postgresState({ ...serverOf(location), now });
}

/** The server and the schema of a place. */
function serverOf(location: string): { readonly url: string; readonly schema: string } {
  const url = new URL(location);
  const schema = url.searchParams.get("schema") ?? "";
  url.searchParams.delete("schema");
  return { url: url.href, schema };
}

type Counts = (text: string) => boolean;

async function openFile(path: string, counts: Counts, before: () => void, after: () => void): Promise<StateStore> {
  const database = await openDatabase(path);
  let isOpen = false;
  let isCounted = false;
  const follow = <Result>(text: string, run: () => Result): Result => {
    const isCommit = /^\s*COMMIT\b/.test(text);
    if (/^\s*BEGIN\b/.test(text)) [isOpen, isCounted] = [true, false];
    if (isCommit && isCounted) before();
    const result = run();
    if (isCommit && isCounted) after();
    if (isCommit || /^\s*ROLLBACK\s*$/.test(text)) isOpen = false;
    if (counts(text)) {
      if (!isOpen) throw new Error("what is to be killed is in no transaction");
      isCounted = true;
    }
    return result;
  };
  const followed = (text: string, statement: SqliteStatement): SqliteStatement => ({
    run: (...values) => follow(text, () => statement.run(...values)),
    get: (...values) => statement.get(...values),
    all: (...values) => statement.all(...values),
  });
  const handle: SqliteDatabase = {
    exec: (text) => follow(text, () => database.exec(text)),
    prepare: (text) => followed(text, database.prepare(text)),
    close: () => database.close(),
  };
  return sqliteState({ database: handle });
}

async function openServer(
  location: string,
  counts: Counts,
  before: () => void,
  after: () => void,
): Promise<StateStore> {
  const { url, schema } = serverOf(location);
  const bounds = { maxConnections: 4, connectTimeoutMs: 5_000, statementTimeoutMs: 30_000 };
  const pool = await makePool({ url }, bounds);
  const within = async (query: PostgresQuery) => {
    const client = await pool.connect();
    await client.query({ text: "BEGIN" });
    const result = await client.query(query);
    before();
    await client.query({ text: "COMMIT" });
    after();
    client.release();
    return result;
  };
  const handle: PostgresPool = {
    options: { max: 4 },
    query: (query) => (counts(query.text) ? within(query) : pool.query(query)),
    connect: () => pool.connect(),
    end: () => pool.end(),
    on: (event, listener) => pool.on(event, listener),
    off: (event, listener) => pool.off(event, listener),
  };
  return postgresState({ pool: handle, schema });
}
