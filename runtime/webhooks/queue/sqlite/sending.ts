import { type SqliteDatabase, sqliteError } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { NewDelivery } from "../../delivery.js";
import { closedCircuit } from "../circuit.js";
import type { Entry, Item } from "../item.js";
import { Scheduler } from "../scheduler.js";
import { endHolder, isGone, newHolder } from "./holder.js";
import { type DeliveryRow, readHead } from "./rows.js";

/** How long a process is the one that sends after it last said so, at least, in milliseconds. */
const shortestMs = 10_000;
/** Most rows that are read in one turn of the event loop. */
const rowsOfTurn = 5_000;
/** Most deliveries, and characters of their bodies, that are kept so that they need not be read back. */
const mostHot = 20_000;
const mostHotCharacters = 16_777_216;
/** Fences of one term are below this many. */
const fencesOfTerm = 2 ** 32;

/** The time in which one process sends: it alone gives out claims, from a scheduler that it keeps in memory. */
export interface Term {
  readonly epoch: number;
  readonly scheduler: Scheduler;
  /** Until when it lasts unless it is prolonged, in milliseconds since 1970. */
  untilMs: number;
  /** The row that was read last. */
  cursor: number;
  /** The note of another process that was read last. */
  noted: number;
  isReading: boolean;
  hot: number;
  hotCharacters: number;
}

/** A delivery that this process wrote. */
export interface Written extends Entry {
  readonly delivery: NewDelivery;
}

/**
 * Forgets rows that are gone.
 *
 * @param isHeldToo Whether those in somebody's hands are meant too.
 */
export type Forget = (seqs: readonly number[], isHeldToo: boolean) => void;

interface Places {
  readonly bySeq: ReadonlyMap<number, Item>;
  /** Whether rows of a term that it has read are all here. */
  knows(term: Term, seqs: readonly number[]): boolean;
}

/** Items of a term by their rows. */
function placesOf(term: Term): Places {
  const { cursor, scheduler } = term;
  const bySeq = new Map<number, Item>();
  for (const item of scheduler.waiting()) bySeq.set(item.seq, item);
  for (const { item } of scheduler.leases()) bySeq.set(item.seq, item);
  const isLater = (seq: number) => seq > cursor && seq <= term.cursor;
  return { bySeq, knows: (of, seqs) => of === term && !seqs.some(isLater) };
}

interface OwnerRow {
  readonly epoch: number;
  readonly holder: string | null;
  readonly until_ms: number;
  readonly pending: number;
}

type FeedRow = Omit<DeliveryRow, "id" | "body">;

/**
 * The sending side of a file. One process at a time has it; it reads what waits once, and after that what is new. What
 * others do to rows they leave as notes.
 */
export class Sending {
  readonly #writer: GroupWriter;
  readonly #now: () => number;
  readonly #onNews: () => void;
  readonly #holder = newHolder();
  #latest: Term | undefined;
  /** What this process wrote, and the scheduler does not know yet. */
  #fresh: (readonly Written[])[] = [];
  #taking: Promise<Term | undefined> | undefined;
  #seen: unknown;
  readonly #owner;
  readonly #take;
  readonly #prolong;
  readonly #release;
  readonly #circuits;
  readonly #version;
  readonly #rows;
  readonly #notes;
  readonly #forgetNotes;
  readonly #note;

  /** @param onNews Told that something may have become due. */
  constructor(database: SqliteDatabase, writer: GroupWriter, now: () => number, onNews: () => void) {
    this.#writer = writer;
    this.#now = now;
    this.#onNews = onNews;
    this.#owner = database.prepare("SELECT epoch, holder, until_ms, pending FROM asap_webhook_owner");
    this.#take = database.prepare("UPDATE asap_webhook_owner SET epoch = epoch + 1, holder = ?, until_ms = ?");
    this.#prolong = database.prepare("UPDATE asap_webhook_owner SET until_ms = ? WHERE epoch = ?");
    this.#release = database.prepare("UPDATE asap_webhook_owner SET holder = NULL, until_ms = 0 WHERE epoch = ?");
    this.#circuits = database.prepare("SELECT url, failures, open_until_ms FROM asap_webhook_circuits");
    this.#version = database.prepare("PRAGMA data_version");
    this.#rows = database.prepare(
      `SELECT seq, due_ms, attempts, replays, head
         FROM asap_webhook_deliveries WHERE seq > ? ORDER BY seq LIMIT ${rowsOfTurn}`,
    );
    this.#notes = database.prepare("SELECT seq, kind, value FROM asap_webhook_notes WHERE seq > ? ORDER BY seq");
    this.#forgetNotes = database.prepare("DELETE FROM asap_webhook_notes WHERE seq <= ?");
    this.#note = database.prepare("INSERT INTO asap_webhook_notes (kind, value) VALUES (?, ?)");
  }

  /** The term of this process, where it has one; it may be past. */
  get term(): Term | undefined {
    return this.#term;
  }

  /** Who sends, and how many deliveries are not at their end. */
  owner(): OwnerRow {
    return this.#owner.get() as OwnerRow;
  }

  /** Whether a term is still the latest. To be asked within a write. */
  isLatest(term: Term): boolean {
    if (this.owner().epoch === term.epoch) return true;
    this.#lose(term);
    return false;
  }

  #lose(term: Term): void {
    if (this.#term === term) this.#term = undefined;
  }

  /**
   * The term of this process, begun where nobody else has one.
   *
   * @param forMs How long it must last from now on, in milliseconds.
   * @returns Undefined where another process sends.
   */
  async held(forMs: number): Promise<Term | undefined> {
    const term = this.#term;
    if (term === undefined) {
      this.#taking ??= this.#begin(forMs).finally(() => {
        this.#taking = undefined;
      });
      return this.#taking;
    }
    if (term.untilMs - this.#now() >= forMs) return term;
    const untilMs = this.#untilMs(forMs);
    const { changes } = await this.#writer.write(() => this.#prolong.run(untilMs, term.epoch));
    if (Number(changes) === 1) {
      term.untilMs = Math.max(term.untilMs, untilMs);
      return term;
    }
    this.#lose(term);
    return undefined;
  }

  #untilMs(forMs: number): number {
    return Math.ceil(this.#now() + Math.max(shortestMs, 2 * forMs));
  }

  #isFree({ holder, until_ms }: OwnerRow): boolean {
    return holder === null || until_ms <= this.#now() || isGone(holder);
  }

  async #begin(forMs: number): Promise<Term | undefined> {
    if (!this.#isFree(this.owner())) return undefined;
    const untilMs = this.#untilMs(forMs);
    const epoch = await this.#writer.write(() => {
      const owner = this.owner();
      if (!this.#isFree(owner)) return undefined;
      this.#take.run(this.#holder, untilMs);
      this.#forgetNotes.run(Number.MAX_SAFE_INTEGER);
      return owner.epoch + 1;
    });
    if (epoch === undefined) return undefined;
    const scheduler = new Scheduler(epoch * fencesOfTerm);
    const counts = { cursor: 0, noted: 0, isReading: false, hot: 0, hotCharacters: 0 };
    const term: Term = { epoch, scheduler, untilMs, ...counts };
    for (const row of this.#circuits.all() as { url: string; failures: number; open_until_ms: number }[]) {
      const { url, failures, open_until_ms: openUntilMs } = row;
      scheduler.setCircuit(url, { failures, openUntilMs }, this.#now());
    }
    this.#term = term;
    this.#seen = undefined;
    this.catchUp();
    return term;
  }

  /**
   * Reads what other processes wrote since it last looked. Not to be called within a write, which may be undone.
   *
   * @throws AsapError as the database does; what was not read is read the next time.
   */
  catchUp(): void {
    const term = this.#term;
    if (term === undefined) return;
    try {
      const { data_version: version } = this.#version.get() as { readonly data_version: number };
      if (version === this.#seen) return;
      this.#readNotes(term);
      if (!term.isReading) this.#readRows(term);
      this.#seen = version;
    } catch (cause) {
      this.#seen = undefined;
      throw sqliteError(cause);
    }
  }

  /** Reads rows that this process wrote in other ways: now, or the next time where that fails. */
  readNew(): void {
    this.#seen = undefined;
    try {
      this.catchUp();
    } catch {
      return;
    }
  }

  /** Reads rows behind the cursor: as many as one turn takes now, others in turns after it. */
  #readRows(term: Term): void {
    const rows = this.#rows.all(term.cursor) as FeedRow[];
    const nowMs = this.#now();
    for (const row of rows) {
      const { seq, due_ms: dueMs, attempts, replays, head } = row;
      term.scheduler.add({ seq, dueMs, attempts, replays, delivery: readHead(head) }, undefined, nowMs);
      term.cursor = row.seq;
    }
    term.isReading = rows.length === rowsOfTurn;
    if (rows.length > 0) this.#onNews();
    if (term.isReading) setImmediate(() => this.#readOnLater(term));
  }

  #readOnLater(term: Term): void {
    if (this.#term !== term) return;
    try {
      this.#writer.open();
      this.#readRows(term);
    } catch {
      term.isReading = false;
      this.#seen = undefined;
    }
  }

  #readNotes(term: Term): void {
    const notes = this.#notes.all(term.noted) as { seq: number; kind: string; value: string }[];
    const last = notes.at(-1);
    if (last === undefined) return;
    const forget = this.forgetting();
    for (const { kind, value } of notes) {
      if (kind === "reset") term.scheduler.setCircuit(value, closedCircuit, this.#now());
      else forget(JSON.parse(value) as number[], kind === "replaced");
    }
    term.noted = last.seq;
    this.#writer.write(() => this.#forgetNotes.run(last.seq)).catch(() => {});
  }

  /**
   * Takes over rows of this process that were committed: in the next turn of the event loop, or once the term is looked
   * at, so that those who wait for the commit do not wait for this too.
   */
  handOver(rows: readonly Written[]): void {
    if (this.#latest !== undefined && rows.length > 0) {
      if (this.#fresh.length === 0) setImmediate(() => this.#takeOver());
      this.#fresh.push(rows);
    }
    this.#onNews();
  }

  get #term(): Term | undefined {
    if (this.#fresh.length > 0) this.#takeOver();
    return this.#latest;
  }

  set #term(term: Term | undefined) {
    this.#latest = term;
  }

  #takeOver(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    const nowMs = this.#now();
    for (const rows of fresh) for (const row of rows) this.#takeOverOne(row, nowMs);
  }

  /** Takes over one row. Where others come before it, all are read the next time: this may be asked for within a write. */
  #takeOverOne(row: Written, nowMs: number): void {
    const term = this.#latest;
    const { seq, delivery } = row;
    if (term === undefined || seq <= term.cursor) return;
    if (seq !== term.cursor + 1) {
      this.#seen = undefined;
      return;
    }
    const isHot = term.hot < mostHot && term.hotCharacters + delivery.body.length < mostHotCharacters;
    term.scheduler.add(row, isHot ? delivery : undefined, nowMs);
    term.cursor = seq;
    if (!isHot) return;
    term.hot += 1;
    term.hotCharacters += delivery.body.length;
  }

  /** Lets go of what is kept with an item. */
  cool(term: Term, item: Item): void {
    const kept = item.data as NewDelivery | undefined;
    if (kept === undefined) return;
    item.data = undefined;
    term.hot -= 1;
    term.hotCharacters -= kept.body.length;
  }

  /**
   * Makes what forgets rows that are gone, part by part. What is there is looked through once for all parts, and again
   * only for rows that came meanwhile.
   */
  forgetting(): Forget {
    let places: Places | undefined;
    return (seqs, isHeldToo) => {
      const term = this.#term;
      if (term === undefined || seqs.length === 0) return;
      if (places?.knows(term, seqs) !== true) places = placesOf(term);
      const { bySeq } = places;
      const isMeant = ({ standing }: Item) => standing !== "ended" && (isHeldToo || standing !== "held");
      const items = seqs.flatMap((seq) => bySeq.get(seq) ?? []).filter(isMeant);
      for (const item of items) this.cool(term, item);
      term.scheduler.forget(items, this.#now());
    };
  }

  /** Leaves a note for the process that sends, where that is another one. To be called within a write. */
  note(kind: "gone" | "replaced" | "reset", value: string): void {
    if (this.#term !== undefined && this.isLatest(this.#term)) return;
    this.#note.run(kind, value);
  }

  /** Ends the term, with what else is written last. */
  close(): void {
    const term = this.#term;
    this.#term = undefined;
    endHolder(this.#holder);
    if (term !== undefined) this.#writer.write(() => this.#release.run(term.epoch)).catch(() => {});
  }
}
