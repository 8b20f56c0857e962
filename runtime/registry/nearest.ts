/**
 * How many single-character edits lead from one word to another (insert, delete, replace, swap of neighbours).
 *
 * @param a one word
 * @param b the other word
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A word without what does not count in a comparison: letter case and the signs `.`, `_`, `-`. */
export const comparable = (word: string): string => word.toLowerCase().replace(/[._-]/g, "");

/**
 * The words most like a given one, the best first; none when nothing is near. Case and the signs `.`, `_`, `-` do not count.
 *
 * @param word what was written
 * @param candidates what could have been meant
 * @param most how many to return, default 1
 */
export function nearest(word: string, candidates: Iterable<string>, most = 1): string[] {
  const wanted = comparable(word).slice(0, 64);
  const rated: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    const given = comparable(candidate);
    const distance = editDistance(wanted, given);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, given.length) / 3));
    if (distance <= allowed && distance < given.length) rated.push({ candidate, distance });
  }
  rated.sort((a, b) => a.distance - b.distance);
  return rated.slice(0, most).map((each) => each.candidate);
}
