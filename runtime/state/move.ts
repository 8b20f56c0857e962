import { createHash, type Hash } from "node:crypto";
import type { StateSnapshot } from "../../generated/models.js";
import { timestampMs } from "../freshness.js";
import type { UsageRecord } from "./metering-store.js";
import { byBytes, type Page, type PageRequest } from "./page.js";
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
  /** Records that were written; the others were there already. */
  readonly written: number;
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
}

const snapshots: Lane<StateSnapshot> = {
  kind: "snapshots",
  read: (store, page) => store.snapshots.list(page),
  write: async (store, items) => void (await Promise.all(items.map((item) => store.snapshots.save(item)))),
  compare: (one, other) => byBytes(one.task_id, other.task_id) || one.version - other.version,
};

const usage: Lane<UsageRecord> = {
  kind: "usage",
  read: (store, page) => store.metering.query({}, page),
  write: (store, items) => store.metering.put(...items),
  compare: (one, other) => byBytes(one.event.timestamp, other.event.timestamp) || byBytes(one.id, other.id),
};

const tasks: Lane<TaskRecord> = {
  kind: "tasks",
  read: (store, page) => store.tasks.list({}, page),
  write: async (store, items) => void (await Promise.all(items.map((item) => store.tasks.put(item)))),
  compare: (one, other) =>
    timestampMs(other.task.created_at) - timestampMs(one.task.created_at) || byBytes(one.task.id, other.task.id),
};

const pageSize = 500;

/**
 * Copies snapshots, records of use and tasks from one store to another, and compares both afterwards. Records that the
 * target has already are not written again, so that a move that was interrupted goes on where it was; nonces are not
 * moved. Nothing else may write to either store meanwhile.
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
  { onProgress, signal }: MoveOptions,
): Promise<MovedKind> {
  let total = 0;
  if (onProgress !== undefined) for await (const items of pagesOf(lane, from)) total += items.length;
  let done = 0;
  let written = 0;
  for await (const { items, matches } of inStep(lane, from, to)) {
    signal?.throwIfAborted();
    const missing = items.filter((item, index) => textOf(matches[index]) !== textOf(item));
    if (missing.length > 0) await lane.write(to, missing);
    done += items.length;
    written += missing.length;
    onProgress?.({ kind: lane.kind, total, done, written });
  }
  const digests: readonly [Hash, Hash] = [createHash("sha256"), createHash("sha256")];
  let count = 0;
  let matched = 0;
  for await (const { items, matches } of inStep(lane, from, to)) {
    signal?.throwIfAborted();
    for (const item of items) digests[0].update(`${textOf(item)}\n`);
    const found = matches.filter((match) => match !== undefined);
    for (const match of found) digests[1].update(`${textOf(match)}\n`);
    count += items.length;
    matched += found.length;
  }
  let all = 0;
  for await (const items of pagesOf(lane, to)) all += items.length;
  const [sourceDigest, targetDigest] = digests.map((digest) => digest.digest("hex"));
  return { count, written, extra: all - matched, sourceDigest: sourceDigest ?? "", targetDigest: targetDigest ?? "" };
}

async function* pagesOf<Item>(lane: Lane<Item>, store: StateStore): AsyncGenerator<readonly Item[]> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await lane.read(store, { limit: pageSize, ...(after !== undefined && { after }) });
    if (items.length > 0) yield items;
    if (next === undefined) return;
    after = next;
  }
}

/** Pages of the source, each with the records of the target that have the same place; both lists have one order. */
async function* inStep<Item>(lane: Lane<Item>, from: StateStore, to: StateStore) {
  const targets = pagesOf(lane, to);
  let ahead: Item[] = [];
  let isOver = false;
  for await (const items of pagesOf(lane, from)) {
    const last = items.at(-1) as Item;
    while (!isOver && (ahead.length === 0 || lane.compare(ahead.at(-1) as Item, last) < 0)) {
      const next = await targets.next();
      if (next.done === true) isOver = true;
      else ahead.push(...next.value);
    }
    let at = 0;
    const matches = items.map((item) => {
      while (at < ahead.length && lane.compare(ahead[at] as Item, item) < 0) at += 1;
      const candidate = ahead[at];
      return candidate !== undefined && lane.compare(candidate, item) === 0 ? candidate : undefined;
    });
    ahead = ahead.slice(at);
    yield { items, matches };
  }
}

/** JSON text of a record with its members in one order, so that equal records have equal texts. */
const textOf = (item: unknown): string | undefined => (item === undefined ? undefined : JSON.stringify(item, inOrder));

const inOrder = (_name: string, value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
