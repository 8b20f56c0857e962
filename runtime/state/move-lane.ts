import { createHash } from "node:crypto";

/** How far a move is. */
export interface LaneProgress<Kind extends string> {
  readonly kind: Kind;
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

/** Options of a move. */
export interface LaneOptions<Kind extends string> {
  /** Told after every page; records are counted first for it. */
  readonly onProgress?: (progress: LaneProgress<Kind>) => void;
  /** Ends the move between two pages; what was written stays. */
  readonly signal?: AbortSignal;
}

/** One kind of records in both stores. */
export interface Lane<Store, Item, Kind extends string = string> {
  readonly kind: Kind;
  /** Every record of a store, page by page. */
  pages(store: Store): AsyncIterable<readonly Item[]>;
  /** @returns How many were written: all but those that are newer in the store at another place of its list. */
  write(store: Store, items: readonly Item[]): Promise<number>;
  /** Below 0 where the first of two comes first in every list. */
  compare(one: Item, other: Item): number;
  /** Whether the target's record, which differs, is newer than the source's of the same place, so that it stays. */
  isNewer(target: Item, source: Item): boolean;
}

/**
 * Copies the records of one kind that the target does not have, and compares both stores.
 *
 * @throws AsapError as the stores do, and the reason of the signal.
 */
export async function moveLane<Store, Item, Kind extends string>(
  lane: Lane<Store, Item, Kind>,
  from: Store,
  to: Store,
  options: LaneOptions<Kind>,
): Promise<MovedKind> {
  const copied = await copy(lane, from, to, options);
  const compared = await compareStores(lane, from, to, options.signal);
  return { ...copied, ...compared };
}

async function copy<Store, Item, Kind extends string>(
  lane: Lane<Store, Item, Kind>,
  from: Store,
  to: Store,
  { onProgress, signal }: LaneOptions<Kind>,
): Promise<Pick<MovedKind, "written" | "kept">> {
  let total = 0;
  if (onProgress !== undefined) for await (const items of lane.pages(from)) total += items.length;
  const target = targetOf(lane, to);
  let done = 0;
  let written = 0;
  let kept = 0;
  for await (const items of lane.pages(from)) {
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
    const count = missing.length === 0 ? 0 : await lane.write(to, missing);
    done += items.length;
    written += count;
    kept += missing.length - count;
    onProgress?.({ kind: lane.kind, total, done, written });
  }
  return { written, kept };
}

async function compareStores<Store, Item>(
  lane: Lane<Store, Item>,
  from: Store,
  to: Store,
  signal: AbortSignal | undefined,
): Promise<Pick<MovedKind, "count" | "extra" | "sourceDigest" | "targetDigest">> {
  const [source, found] = [createHash("sha256"), createHash("sha256")];
  const target = targetOf(lane, to);
  let count = 0;
  let extra = 0;
  for await (const items of lane.pages(from)) {
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

/** The records of a store, read in step with those of another; both lists have one order. */
function targetOf<Store, Item>(lane: Lane<Store, Item>, store: Store) {
  const items = itemsOf(lane.pages(store));
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

async function* itemsOf<Item>(pages: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, void> {
  for await (const items of pages) yield* items;
}

/** JSON text of a record with its members in one order, so that equal records have equal texts. */
export const textOf = (item: unknown): string | undefined =>
  item === undefined ? undefined : JSON.stringify(item, inOrder);

const inOrder = (_name: string, value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
