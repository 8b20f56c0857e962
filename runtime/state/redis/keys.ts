/**
 * Keys of a store. They share a hash tag, so that on a cluster all of them are in one slot and scripts may use them
 * together.
 *
 * @param prefix What the hash tag holds.
 */
export const keysOf =
  (prefix: string) =>
  (...names: readonly string[]): string[] =>
    names.map((name) => `{${prefix}}:${name}`);

/** Keys by their names. */
export type Keys = ReturnType<typeof keysOf>;

/** Joins parts of a member of an index; members compare as their parts do, one after the other. */
export const joined = (...parts: readonly string[]): string => parts.join("\0");

/** Bound of a range of an index: everything from a member on. */
export const from = (member: string): string => `[${member}`;

/** Bound of a range of an index: everything after a member. */
export const after = (member: string): string => `(${member}`;

/** Bound of a range of an index: everything up to the members that begin with some parts, those included. */
export const through = (...parts: readonly string[]): string => `(${joined(...parts)}\u0001`;

/** What a script gives for a part of an index: the last member it looked at, whether there may be more, and rows. */
export type Part<Row> = readonly [last: string, more: number, rows: readonly Row[]];

/**
 * Reads an index part by part.
 *
 * @param most Most rows.
 * @param low Where it begins.
 * @param read Reads the next part, of so many rows at most.
 */
export async function readParts<Row>(
  most: number,
  low: string,
  read: (low: string, most: number) => Promise<Part<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next = low; ; ) {
    const [last, more, found] = await read(next, most - rows.length);
    rows.push(...found);
    if (more === 0 || rows.length >= most) return rows;
    next = after(last);
  }
}

/** Texts in pairs. */
export const pairsOf = <First, Second>(flat: readonly (First | Second)[]): (readonly [First, Second])[] =>
  Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] as First, flat[2 * index + 1] as Second]);
