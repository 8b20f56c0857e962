import type { MovedKind } from "../state/move-lane.js";

const width = 30;

/** How far something is. */
export interface Progress {
  readonly kind: string;
  readonly total: number;
  readonly done: number;
}

/** How far something is, in one line: `snapshots [######------] 50 %, 500 of 1000`. */
export function barOf({ kind, total, done }: Progress): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * width);
  return `${kind} [${"#".repeat(filled)}${"-".repeat(width - filled)}] ${Math.floor(share * 100)} %, ${done} of ${total}`;
}

/** Whether the target has what the source has. */
export const isSame = ({ sourceDigest, targetDigest }: MovedKind): boolean => sourceDigest === targetDigest;

/** What came of the records of one kind, in one line. */
export function movedLine(kind: string, moved: MovedKind): string {
  const { count, written, kept, extra, sourceDigest } = moved;
  const same = isSame(moved) ? `equal, sha256 ${sourceDigest.slice(0, 16)}` : "NOT EQUAL";
  const later = kept === 0 ? "" : `, ${kept} newer in the target`;
  const more = extra === 0 ? "" : `, ${extra} more in the target`;
  return `${kind}: ${count} records, ${written} written, ${same}${later}${more}`;
}
