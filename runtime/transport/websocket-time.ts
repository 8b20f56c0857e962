type Timer = ReturnType<typeof setTimeout>;

/** Longest wait a timer can be set for, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Milliseconds of the clock that never jumps. */
export const ticks = (): number => performance.now();

/** Lets a Node process end while the timer runs. */
export function unref(timer: Timer): Timer {
  if (typeof timer === "object") timer.unref();
  return timer;
}

/** Keeps a Node process alive while the timer runs, or lets it end. */
export function setKeepsAlive(timer: Timer, keeps: boolean): void {
  if (typeof timer !== "object") return;
  if (keeps) timer.ref();
  else timer.unref();
}

/** The earliest of some moments, at least a millisecond from now and no later than a timer can wait. */
export function nextWatch(now: number, ...moments: readonly (number | undefined)[]): number {
  const earliest = Math.min(...moments.map((moment) => moment ?? Number.POSITIVE_INFINITY));
  return Math.min(Math.max(earliest, now + 1), now + longestTimerMs);
}
