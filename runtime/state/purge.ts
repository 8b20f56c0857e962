/** Most rows that one statement deletes, so that none takes long. */
const mostRowsAtOnce = 10_000;

/**
 * Deletes what is old, part by part.
 *
 * @param part Deletes what comes next, at most so many rows, and tells how many there were.
 * @param mostRows Most rows of a part. Default: 10,000.
 * @returns How many there were in all.
 */
export async function purgeAll(part: (most: number) => Promise<number>, mostRows = mostRowsAtOnce): Promise<number> {
  for (let total = 0; ; ) {
    const count = await part(mostRows);
    total += count;
    if (count < mostRows) return total;
  }
}
