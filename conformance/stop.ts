/** Aborts when more time than allowed has passed, waits not counted. Ends with the returned function. */
export function stopAfter(totalTimeoutMs: number, waitedMs: () => number, stop: AbortController): () => void {
  const began = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - began - waitedMs() > totalTimeoutMs) stop.abort();
  }, 100);
  return () => clearInterval(timer);
}

/** Resolves after a time, or at once when the signal aborts. */
export function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
