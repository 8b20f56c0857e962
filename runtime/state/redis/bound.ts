/** Bounds how long promises are waited for. */
export interface Bound {
  /** Gives what a promise does, or rejects when it takes too long; its outcome is then dropped. */
  wait<Result>(promise: Promise<Result>): Promise<Result>;
  /** Lets go of the timer. */
  stop(): void;
}

interface Waiting {
  readonly sinceMs: number;
  readonly reject: (cause: unknown) => void;
}

/**
 * Bounds promises by one time and one timer, however many there are.
 *
 * @param ms How long each is waited for, in milliseconds.
 * @param onLate Gives the error of those that take too long.
 */
export function boundOf(ms: number, onLate: () => unknown): Bound {
  /** In the order of their beginning. */
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const sweep = () => {
    timer = undefined;
    const nowMs = performance.now();
    for (const each of waiting) {
      const leftMs = each.sinceMs + ms - nowMs;
      if (leftMs > 0) {
        timer = setTimeout(sweep, leftMs);
        return;
      }
      waiting.delete(each);
      each.reject(onLate());
    }
  };

  return {
    wait: (promise) =>
      new Promise((resolve, reject) => {
        const each = { sinceMs: performance.now(), reject };
        waiting.add(each);
        timer ??= setTimeout(sweep, ms);
        promise.then(
          (value) => {
            waiting.delete(each);
            resolve(value);
          },
          (cause: unknown) => {
            waiting.delete(each);
            reject(cause);
          },
        );
      }),
    stop: () => clearTimeout(timer),
  };
}
