import { invalidOption } from "../invalid-option.js";

/** Where a list goes on, and how much of it is wanted. */
export interface PageRequest {
  /** `next` of the page before. Default: the beginning. */
  readonly after?: string;
  /** Most items, from 1 to 1,000. Default: 100. */
  readonly limit?: number;
}

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the list goes on; absent at its end. */
  readonly next?: string;
}

/** The first items of a list, and where it goes on. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  cursor: (row: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(itemOf);
  return rows.length > limit && last !== undefined ? { items, next: cursor(last) } : { items };
}

/** From here on the order of UTF-16 is not that of UTF-8. */
const firstSurrogate = 0xd800;

/** Compares texts as their bytes in UTF-8 compare. */
export function byBytes(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const difference = one.charCodeAt(at) - other.charCodeAt(at);
    if (difference === 0) continue;
    if (Math.min(one.charCodeAt(at), other.charCodeAt(at)) < firstSurrogate) return difference;
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  return one.length - other.length;
}

/**
 * How many items a page holds.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function pageSize(limit = 100): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw invalidOption("limit", "must be a whole number from 1 to 1,000");
}

/** Where a list goes on, as a text without a meaning of its own. */
export const cursorOf = (...parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString("base64url");

const isPart = (part: unknown): boolean => typeof part === "string" || typeof part === "number";

/**
 * What a cursor was made of.
 *
 * @throws AsapError `asap:config/invalid_option` for one that no page gave.
 */
export function readCursor(after: string | undefined, length: number): readonly (string | number)[] | undefined {
  if (after === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(after, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.length === length && parts.every(isPart)) return parts;
  } catch {}
  throw invalidOption("after", "is no cursor of this list");
}

/** Most items of a page of a walk. */
const walkItems = 500;
/** Items of its first page, while the size of records is not known. */
const firstWalkItems = 8;
/** How much a page of a walk should hold, in characters of JSON text. */
const walkChars = 8_388_608;

/**
 * Walks a list page by page. Where records are large, pages have fewer items, so that what is held at a time does not grow
 * with them.
 *
 * @param most Most items in all. Default: all of them.
 * @throws AsapError as the store does.
 */
export async function* everyPage<Item>(
  read: (page: PageRequest) => Promise<Page<Item>>,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Item[]> {
  let left = most;
  let limit = firstWalkItems;
  for (let after: string | undefined; left > 0; ) {
    const { items, next } = await read({ limit: Math.min(limit, left), ...(after !== undefined && { after }) });
    if (items.length > 0) yield items;
    if (next === undefined) return;
    after = next;
    left -= items.length;
    limit = nextLimit(items, limit);
  }
}

/** The same item by item. */
export async function* everyItem<Item>(
  read: (page: PageRequest) => Promise<Page<Item>>,
  most?: number,
): AsyncGenerator<Item> {
  for await (const items of everyPage(read, most)) yield* items;
}

function nextLimit(items: readonly unknown[], limit: number): number {
  if (items.length === 0) return limit;
  const chars = items.reduce<number>((sum, item) => sum + JSON.stringify(item).length, 0);
  const fitting = Math.floor((walkChars * items.length) / chars);
  return Math.max(1, Math.min(fitting, limit * 4, walkItems));
}
