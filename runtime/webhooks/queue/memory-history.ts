import { cursorOf, type Page, type PageRequest, pageOf, pageSize, readCursor } from "../../state/page.js";
import type { Attempt } from "../delivery.js";
import type { AttemptFilter, EndpointTotals } from "../delivery-queue.js";
import { attemptFits } from "../records.js";
import { Totals } from "./totals.js";

interface Entry {
  readonly seq: number;
  readonly attempt: Attempt;
}

/** By the moment they began, the latest first. */
const order = (one: Entry, other: Entry): number =>
  other.attempt.startedMs - one.attempt.startedMs || other.seq - one.seq;

const keyOf = ({ deliveryId, replays, attempt }: Attempt): string => `${replays} ${attempt} ${deliveryId}`;

/** A bounded history in memory. */
export class MemoryHistory {
  readonly #most: number;
  #entries: Entry[] = [];
  #seq = 0;

  /** @param most Most attempts; the ones written first go. */
  constructor(most: number) {
    this.#most = most;
  }

  add(attempt: Attempt): void {
    this.#entries.push({ seq: this.#seq++, attempt });
    if (this.#entries.length >= 2 * this.#most + 1_000) this.#entries = this.#entries.slice(-this.#most);
  }

  /** Adds attempts that are not there. */
  restore(attempts: readonly Attempt[]): void {
    const known = new Set(this.#entries.map(({ attempt }) => keyOf(attempt)));
    for (const attempt of attempts) {
      if (known.has(keyOf(attempt))) continue;
      known.add(keyOf(attempt));
      this.add({ ...attempt });
    }
  }

  #kept(filter: AttemptFilter): Entry[] {
    return this.#entries.slice(-this.#most).filter(({ attempt }) => attemptFits(attempt, filter));
  }

  list(filter: AttemptFilter, { after, limit }: PageRequest): Page<Attempt> {
    const size = pageSize(limit);
    const [startedMs, seq] = readCursor(after, 2) ?? [];
    const isAfter = ({ attempt, ...entry }: Entry) =>
      seq === undefined ||
      attempt.startedMs < Number(startedMs) ||
      (attempt.startedMs === Number(startedMs) && entry.seq < Number(seq));
    return pageOf(
      this.#kept(filter).filter(isAfter).sort(order),
      size,
      ({ attempt }) => ({ ...attempt }),
      (entry) => cursorOf(entry.attempt.startedMs, entry.seq),
    );
  }

  totals(filter: AttemptFilter): readonly EndpointTotals[] {
    const totals = new Totals();
    for (const { attempt } of this.#kept(filter)) totals.add(attempt);
    return totals.list();
  }

  /** Forgets attempts that ended before a moment. */
  prune(beforeMs: number): number {
    const kept = this.#entries.filter(({ attempt }) => attempt.startedMs + attempt.elapsedMs >= beforeMs);
    const gone = this.#entries.length - kept.length;
    this.#entries = kept;
    return gone;
  }
}
