/** Requests of one session that are kept, and as many frames. */
const mostKept = 2000;
/** Bytes of bodies, texts and frames that came, and of what was answered, 64 MiB. */
const mostBytes = 67_108_864;

/** The bounds of a session in words. */
export const mostInWords = `${mostKept} requests, ${mostKept} frames and 64 MiB`;

/** What a session may hold; beyond it things are counted and not kept. */
export interface Budget {
  /** Takes room for a request; false where there is none. */
  request(): boolean;
  /** Takes room for a frame; false where there is none. */
  frame(): boolean;
  /** Takes room for bytes that came or are sent; false where there is none. */
  bytes(count: number): boolean;
  /** What came, in words, where it was too much. */
  tooMuch(): string | undefined;
}

/** Makes the budget of one session. */
export function createBudget(): Budget {
  const seen = { requests: 0, frames: 0, bytes: 0 };
  const isWithin = () => seen.requests <= mostKept && seen.frames <= mostKept && seen.bytes <= mostBytes;
  let isSpent = false;
  const take = (what: keyof typeof seen, count: number): boolean => {
    seen[what] += count;
    isSpent ||= !isWithin();
    return !isSpent;
  };
  return {
    request: () => take("requests", 1),
    frame: () => take("frames", 1),
    bytes: (count) => take("bytes", count),
    tooMuch: () =>
      isSpent
        ? `${seen.requests} requests, ${seen.frames} frames and ${seen.bytes} bytes that were read and written`
        : undefined,
  };
}
