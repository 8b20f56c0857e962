import { createHash } from "node:crypto";
import type { StateSnapshot } from "../../generated/models.js";
import { terminalStates } from "../../generated/states.js";
import { timestampMs } from "../freshness.js";
import type { UsageRecord } from "./metering-store.js";
import { byBytes, everyItem, everyPage, type Page, type PageRequest } from "./page.js";
import type { StateStore } from "./state-store.js";
import type { TaskRecord } from "./task-store.js";

/** Kinds of records that move. */
export type StateKind = "snapshots" | "usage" | "tasks";

/** How far a move is. */
export interface MoveProgress {
  readonly kind: StateKind;
  /** Records of this kind in the source. */
  readonly total: number;
  /** Records of them that were looked at so far. */
  readonly done: number;
  /** Records of them that had to be written. */
  readonly written: number;
}

/** What came of the records of one kind. */
export interface MovedKind {
  /** Records in the source. */
  readonly count: number;
  /** Records that were written; the others were there already, or newer. */
  readonly written: number;
  /** Records that are newer in the target than in the source; they are left alone, and the digests differ. */
  readonly kept: number;
  /** Records of the target that the source does not have; they are left alone. */
  readonly extra: number;
  /** SHA-256 of the source's records in their order, in hexadecimal. */
  readonly sourceDigest: string;
  /** The same of the target's records that the source has too, read again after the move. */
  readonly targetDigest: string;
}

/** Options of {@link moveState}. */
export interface MoveOptions {
  /** Told after every page; records are counted first for it. */
  readonly onProgress?: (progress: MoveProgress) => void;
  /** Ends the move between two pages; what was written stays. */
  readonly signal?: AbortSignal;
}

/** One kind of records in both stores. */
interface Lane<Item> {
  readonly kind: StateKind;
  read(store: StateStore, page: PageRequest): Promise<Page<Item>>;
  write(store: StateStore, items: readonly Item[]): Promise<void>;
  /** Below 0 where the first of two comes first in every list. */
  compare(one: Item, other: Item): number;
  /** Whether the target's record, which differs, is newer than the source's of the same place, so that it stays. */
  isNewer(target: Item, source: Item): boolean;
}

const snapshots: Lane<StateSnapshot> = {
  kind: "snapshots",
  read: (store, page) => store.snapshots.list(page),
  write: async (store, items) => void (await Promise.all(items.map((item) => store.snapshots.save(item)))),
  compare: (one, other) => byBytes(one.task_id, other.task_id) || one.version - other.version,
  isNewer: (target, source) => timestampMs(target.created_at) > timestampMs(source.created_at),
};

const usage: Lane<UsageRecord> = {
  kind: "usage",
  read: (store, page) => store.metering.query({}, page),
  write: (store, items) => store.metering.put(...items),
  compare: (one, other) => byBytes(one.event.timestamp, other.event.timestamp) || byBytes(one.id, other.id),
  isNewer: () => false,
};

const tasks: Lane<TaskRecord> = {
  kind: "tasks",
  read: (store, page) => store.tasks.list({}, page),
  write: async (store, items) => void (await Promise.all(items.map((item) => store.tasks.put(item)))),
  compare: (one, other) =>
    timestampMs(other.task.created_at) - timestampMs(one.task.created_at) || byBytes(one.task.id, other.task.id),
  isNewer: (target, source) =>
    target.version >= source.version ||
    (terminalStates.has(target.task.status) && !terminalStates.has(source.task.status)),
};

/**
 * Copies snapshots, records of use and tasks from one store to another, and compares both afterwards. Records that the
 * target has already are not written again, so that a move that was interrupted goes on where it was. A record that is
 * newer in the target stays as it is: a task that changed there (its version is not below the source's, or it is at its
 * end while the source's is not), and a snapshot that was made later. Nonces are not moved. Nothing else may write to either store meanwhile.
 *
 * @returns What came of each kind; the move is complete where both digests are equal.
 * @throws AsapError as the stores do, and the reason of the signal.
 */
export async function moveState(
  from: StateStore,
  to: StateStore,
  options: MoveOptions = {},
): Promise<Readonly<Record<StateKind, MovedKind>>> {
  return {
    snapshots: await moveLane(snapshots, from, to, options),
    usage: await moveLane(usage, from, to, options),
    tasks: await moveLane(tasks, from, to, options),
  };
}

async function moveLane<Item>(
  lane: Lane<Item>,
  from: StateStore,
  to: StateStore,
  options: MoveOptions,
): Promise<MovedKind> {
  const copied = await copy(lane, from, to, options);
  const compared = await compareStores(lane, from, to, options.signal);
  return { ...copied, ...compared };
}

async function copy<Item>(
  lane: Lane<Item>,
  from: StateStore,
  to: StateStore,
  { onProgress, signal }: MoveOptions,
): Promise<Pick<MovedKind, "written" | "kept">> {
  let total = 0;
  if (onProgress !== undefined) for await (const items of pagesOf(lane, from)) total += items.length;
  const target = targetOf(lane, to);
  let done = 0;
  let written = 0;
  let kept = 0;
  for await (const items of pagesOf(lane, from)) {
    signal?.throwIfAborted();
    const { matches } = await target.match(items);
    const missing: Item[] = [];
    for (const [index, item] of items.entries()) {
      const match = matches[index];
      if (match === undefined) missing.push(item);
      else if (textOf(match) === textOf(item)) continue;
      else if (lane.isNewer(match, item)) kept += 1;
      else missing.push(item);
    }
    if (missing.length > 0) await lane.write(to, missing);
    done += items.length;
    written += missing.length;
    onProgress?.({ kind: lane.kind, total, done, written });
  }
  return { written, kept };
}

async function compareStores<Item>(
  lane: Lane<Item>,
  from: StateStore,
  to: StateStore,
  signal: AbortSignal | undefined,
): Promise<Pick<MovedKind, "count" | "extra" | "sourceDigest" | "targetDigest">> {
  const [source, found] = [createHash("sha256"), createHash("sha256")];
  const target = targetOf(lane, to);
  let count = 0;
  let extra = 0;
  for await (const items of pagesOf(lane, from)) {
    signal?.throwIfAborted();
    const { matches, skipped } = await target.match(items);
    for (const item of items) source.update(`${textOf(item)}\n`);
    for (const match of matches) if (match !== undefined) found.update(`${textOf(match)}\n`);
    count += items.length;
    extra += skipped;
  }
  extra += await target.rest();
  return { count, extra, sourceDigest: source.digest("hex"), targetDigest: found.digest("hex") };
}

const pagesOf = <Item>(lane: Lane<Item>, store: StateStore) => everyPage((page) => lane.read(store, page));

/** The records of a store, read in step with those of another; both lists have one order. */
function targetOf<Item>(lane: Lane<Item>, store: StateStore) {
  const items = everyItem((page) => lane.read(store, page));
  let next: IteratorResult<Item, void> | undefined;
  return {
    /** For each record the one of the same place, and how many were passed over that none of them has. */
    async match(wanted: readonly Item[]) {
      const matches: (Item | undefined)[] = [];
      let skipped = 0;
      for (const item of wanted) {
        next ??= await items.next();
        for (; !next.done && lane.compare(next.value, item) < 0; skipped += 1) next = await items.next();
        const isMatch = !next.done && lane.compare(next.value, item) === 0;
        matches.push(isMatch ? (next.value as Item) : undefined);
        if (isMatch) next = await items.next();
      }
      return { matches, skipped };
    },
    /** How many come after those that were matched. */
    async rest(): Promise<number> {
      let count = 0;
      for (next ??= await items.next(); !next.done; next = await items.next()) count += 1;
      return count;
    },
  };
}

/** JSON text of a record with its members in one order, so that equal records have equal texts. */
const textOf = (item: unknown): string | undefined => (item === undefined ? undefined : JSON.stringify(item, inOrder));

const inOrder = (_name: string, value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
