import { isTaken, type SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { NewDelivery } from "../../delivery.js";
import { checkedDelivery, newDeliveryOf, queueFull } from "../../records.js";
import { urlRefusal } from "../url-room.js";
import { headOf } from "./rows.js";
import type { Sending, Written } from "./sending.js";

/** Rows of one statement. */
const rowsOfStatement = 50;

type Enqueued = "added" | "exists";
const oneAdded: readonly Enqueued[] = ["added"];

type UrlCount = (url: string) => number;

interface Call {
  readonly deliveries: readonly NewDelivery[];
  /** Whether a full queue refuses them. */
  readonly isBounded: boolean;
  outcomes: readonly Enqueued[];
  refusal: Error | undefined;
}

interface Turn {
  readonly calls: Call[];
  readonly written: Promise<readonly Written[]>;
}

/** Options of a {@link Journal}. */
export interface JournalOptions {
  readonly maxPending: number;
  readonly maxPendingPerUrl: number;
  readonly now: () => number;
  /** Told that much was written. */
  readonly onMuch: (() => void) | undefined;
}

/** How many rows are much. */
const muchRows = 1_000;

/** Writes deliveries into their table: those of a turn of the event loop together, or with the change of a task. */
export class Journal {
  readonly #database: SqliteDatabase;
  readonly #writer: GroupWriter;
  readonly #sending: Sending;
  readonly #onMuch: (() => void) | undefined;
  #since = 0;
  readonly #maxPending: number;
  readonly #maxPendingPerUrl: number;
  readonly #now: () => number;
  #turn: Turn | undefined;
  readonly #insertOne;
  readonly #insertMany;
  readonly #isWaiting;
  readonly #isDead;
  readonly #hasDead;
  readonly #count;

  constructor(database: SqliteDatabase, writer: GroupWriter, sending: Sending, options: JournalOptions) {
    const { maxPending, maxPendingPerUrl, now, onMuch } = options;
    this.#onMuch = onMuch;
    this.#database = database;
    this.#writer = writer;
    this.#sending = sending;
    this.#maxPending = maxPending;
    this.#maxPendingPerUrl = maxPendingPerUrl;
    this.#now = now;
    const of = (rows: number) =>
      `INSERT INTO asap_webhook_deliveries (id, head, body, due_ms, attempts, replays, status)
         VALUES ${Array.from({ length: rows }, () => "(?, ?, ?, ?, 0, 0, 0)").join(", ")}`;
    this.#insertOne = database.prepare(`${of(1)} ON CONFLICT (id) DO NOTHING`);
    this.#insertMany = database.prepare(of(rowsOfStatement));
    this.#isWaiting = database.prepare("SELECT 1 FROM asap_webhook_deliveries WHERE id = ?");
    this.#isDead = database.prepare("SELECT 1 FROM asap_webhook_dead WHERE id = ?");
    this.#hasDead = database.prepare("SELECT 1 FROM asap_webhook_dead LIMIT 1");
    this.#count = database.prepare("UPDATE asap_webhook_owner SET pending = pending + ?");
  }

  /**
   * Queues deliveries, all or none.
   *
   * @throws AsapError `asap:webhook/queue_full`, `asap:state/invalid_record`, and as the database does.
   */
  async enqueue(deliveries: readonly NewDelivery[]): Promise<readonly Enqueued[]> {
    this.#writer.open();
    const copies = deliveries.map((one) => newDeliveryOf(checkedDelivery(one)));
    const call: Call = { deliveries: copies, isBounded: true, outcomes: [], refusal: undefined };
    this.#turn ??= this.#newTurn();
    const { calls, written } = this.#turn;
    calls.push(call);
    await written;
    if (call.refusal !== undefined) throw call.refusal;
    return call.outcomes;
  }

  #newTurn(): Turn {
    const calls: Call[] = [];
    const end = () => {
      if (this.#turn?.calls === calls) this.#turn = undefined;
    };
    const written = this.#writer
      .write(() => {
        end();
        return this.#writeCalls(calls);
      })
      .then(
        (rows) => {
          this.#handOver(rows);
          return rows;
        },
        (cause: unknown) => {
          end();
          throw cause;
        },
      );
    return { calls, written };
  }

  /**
   * Writes what changes a task together with deliveries: both or neither.
   *
   * @param change Changes the task; calls what it is given where it did, and the deliveries are to be queued.
   * @param isBounded Whether a full queue refuses them. Default: it does.
   * @throws AsapError `asap:webhook/queue_full`, `asap:state/invalid_record`, and as the change and the database do.
   */
  async join<Result>(
    deliveries: readonly NewDelivery[] | undefined,
    change: (queue: () => void) => Result,
    isBounded = true,
  ): Promise<Result> {
    if (deliveries === undefined || deliveries.length === 0) return this.#writer.write(() => change(() => {}));
    const copies = deliveries.map((one) => newDeliveryOf(checkedDelivery(one)));
    let rows: readonly Written[] = [];
    const result = await this.#writer.write(() => {
      rows = [];
      this.#database.exec("SAVEPOINT asap_join");
      try {
        const changed = change(() => {
          rows = this.#write(copies, isBounded);
        });
        this.#database.exec("RELEASE asap_join");
        return changed;
      } catch (cause) {
        this.#writer.onRollBack();
        this.#database.exec("ROLLBACK TO asap_join");
        this.#database.exec("RELEASE asap_join");
        throw cause;
      }
    });
    if (rows.length > 0) this.#handOver(rows);
    return result;
  }

  #handOver(rows: readonly Written[]): void {
    this.#sending.handOver(rows);
    this.#since += rows.length;
    if (this.#since < muchRows) return;
    this.#since = 0;
    this.#onMuch?.();
  }

  /**
   * Counts deliveries that are put back, where there is room. To be called within a write.
   *
   * @throws AsapError `asap:webhook/queue_full`.
   */
  count(change: number): void {
    const { pending } = this.#sending.owner();
    if (pending + change > this.#maxPending) throw queueFull(pending, this.#maxPending);
    this.recount(change);
  }

  /** Counts deliveries that came or are gone. To be called within a write. */
  recount(change: number): void {
    if (change !== 0) this.#count.run(change);
  }

  #write(deliveries: readonly NewDelivery[], isBounded: boolean): readonly Written[] {
    const call: Call = { deliveries, isBounded, outcomes: [], refusal: undefined };
    const rows = this.#writeCalls([call]);
    if (call.refusal !== undefined) throw call.refusal;
    return rows;
  }

  #writeCalls(calls: readonly Call[]): readonly Written[] {
    let { pending } = this.#sending.owner();
    const dueMs = Math.ceil(this.#now());
    const hasDead = this.#hasDead.get() != null;
    const known = (id: string, isTight: boolean) =>
      (hasDead && this.#isDead.get(id) != null) || (isTight && this.#isWaiting.get(id) != null);
    const fresh: NewDelivery[] = [];
    let seen: Set<string> | undefined;
    const countOf = this.#countOf(fresh);
    for (const call of calls) {
      call.refusal = undefined;
      const isTight = this.#refusal(call.deliveries, pending, countOf) !== undefined;
      if (!isTight && !hasDead) {
        call.outcomes = call.deliveries.length === 1 ? oneAdded : call.deliveries.map(() => "added");
        for (const one of call.deliveries) {
          fresh.push(one);
          seen?.add(one.id);
        }
        pending += call.deliveries.length;
        continue;
      }
      const ids = seen ?? new Set(fresh.map(({ id }) => id));
      seen = ids;
      const added: NewDelivery[] = [];
      call.outcomes = call.deliveries.map((one) => {
        if (ids.has(one.id) || known(one.id, isTight)) return "exists";
        ids.add(one.id);
        added.push(one);
        return "added";
      });
      call.refusal = call.isBounded && isTight ? this.#refusal(added, pending, countOf) : undefined;
      if (call.refusal !== undefined) {
        for (const { id } of added) ids.delete(id);
        continue;
      }
      pending += added.length;
      fresh.push(...added);
    }
    const rows = this.#insert(fresh, dueMs);
    if (rows.length < fresh.length) markKnown(calls, rows);
    if (rows.length > 0) this.#count.run(rows.length);
    return rows;
  }

  /** Why deliveries are not taken; undefined where there is room. */
  #refusal(added: readonly NewDelivery[], pending: number, countOf: UrlCount | undefined): Error | undefined {
    if (pending + added.length > this.#maxPending) return queueFull(pending, this.#maxPending);
    return countOf && urlRefusal(added, this.#maxPendingPerUrl, countOf);
  }

  /** Counts what a URL has, with what this write adds; undefined where another process sends. */
  #countOf(fresh: readonly NewDelivery[]): UrlCount | undefined {
    const scheduler = this.#sending.term?.scheduler;
    if (scheduler === undefined) return undefined;
    const added = new Map<string, number>();
    let counted = 0;
    return (url) => {
      for (; counted < fresh.length; counted += 1) {
        const { url: its } = fresh[counted] as NewDelivery;
        added.set(its, (added.get(its) ?? 0) + 1);
      }
      return scheduler.countOf(url) + (added.get(url) ?? 0);
    };
  }

  #insert(deliveries: readonly NewDelivery[], dueMs: number): readonly Written[] {
    const rows: Written[] = [];
    let from = 0;
    for (; deliveries.length - from >= rowsOfStatement; from += rowsOfStatement) {
      const end = from + rowsOfStatement;
      const first = this.#tryMany(deliveries, from, end, dueMs);
      for (let at = from; at < end; at += 1) {
        const delivery = deliveries[at] as NewDelivery;
        if (first === undefined) this.#insertOneOf(delivery, dueMs, rows);
        else rows.push({ seq: first + at - from, dueMs, attempts: 0, replays: 0, delivery });
      }
    }
    for (; from < deliveries.length; from += 1) this.#insertOneOf(deliveries[from] as NewDelivery, dueMs, rows);
    return rows;
  }

  /** @returns The first row; undefined where one of the ids is there already, and nothing was written. */
  #tryMany(deliveries: readonly NewDelivery[], from: number, end: number, dueMs: number): number | undefined {
    const values: (string | number)[] = [];
    for (let at = from; at < end; at += 1) {
      const one = deliveries[at] as NewDelivery;
      values.push(one.id, headOf(one), one.body, dueMs);
    }
    try {
      return rowOf(this.#insertMany.run(...values)) - rowsOfStatement + 1;
    } catch (cause) {
      if (isTaken(cause)) return undefined;
      throw cause;
    }
  }

  #insertOneOf(delivery: NewDelivery, dueMs: number, rows: Written[]): void {
    const done = this.#insertOne.run(delivery.id, headOf(delivery), delivery.body, dueMs);
    if (Number(done.changes) === 1) rows.push({ seq: rowOf(done), dueMs, attempts: 0, replays: 0, delivery });
  }
}

const rowOf = (done: object): number => Number((done as { readonly lastInsertRowid: number | bigint }).lastInsertRowid);

/** Corrects what was taken for new and was there. */
function markKnown(calls: readonly Call[], rows: readonly Written[]): void {
  const written = new Set(rows.map(({ delivery }) => delivery));
  for (const call of calls) {
    if (call.refusal !== undefined) continue;
    call.outcomes = call.outcomes.map((outcome, index) =>
      outcome === "added" && !written.has(call.deliveries[index] as NewDelivery) ? "exists" : outcome,
    );
  }
}
