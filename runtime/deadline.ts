import { AsapError, isAsapError } from "./error.js";

/** Longest wait a timer can be set for, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Bounds of one piece of work. */
export interface Deadline {
  /** Each ends the work at once. */
  readonly signals?: readonly (AbortSignal | undefined)[];
  /** Longest duration of the work, in milliseconds; Infinity for none. */
  readonly timeoutMs: number;
  /** Names the peer in the error of a timeout. */
  readonly url?: string | undefined;
}

/**
 * The error of a call that was given up.
 *
 * @param signal The signal that ended it.
 * @returns The signal's reason where that is an AsapError, otherwise `asap:transport/aborted` with it as cause.
 */
export function abortedError(signal: AbortSignal): AsapError {
  const reason: unknown = signal.reason;
  return isAsapError(reason) ? reason : new AsapError("asap:transport/aborted", { cause: reason });
}

/**
 * Runs work that ends by itself, at its timeout or when a signal aborts, whichever comes first. Work that does not
 * heed the signal it gets is left behind and its outcome dropped. No timer or listener outlives the call.
 *
 * @param work Gets a signal that aborts with the AsapError the call rejects with.
 * @param deadline See {@link Deadline}.
 * @throws AsapError `asap:transport/timeout` after `timeoutMs`, `asap:transport/aborted` with the signal's reason as
 * cause, or what the work throws.
 */
export function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadline: Deadline): Promise<T> {
  const { timeoutMs, url } = deadline;
  const signals = (deadline.signals ?? []).filter((signal) => signal !== undefined);
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) return Promise.reject(abortedError(aborted));
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
    const end = (error: AsapError) => {
      settle();
      reject(error);
      controller.abort(error);
    };
    const onTimeout = () => {
      const data = url === undefined ? { timeout_ms: timeoutMs } : { url, timeout_ms: timeoutMs };
      end(new AsapError("asap:transport/timeout", { data }));
    };
    const stops = signals.map((signal) => watch(signal, () => end(abortedError(signal))));
    const timer = startTimer(timeoutMs, onTimeout);
    Promise.resolve(controller.signal).then(work).finally(settle).then(resolve, reject);
  });
}

/**
 * Starts a timer, also for waits longer than the platform's timers can have: those end early, after 24 days.
 *
 * @param ms How long, in milliseconds; Infinity starts none.
 */
export function startTimer(ms: number, onTimeout: () => void): ReturnType<typeof setTimeout> | undefined {
  return ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(onTimeout, Math.min(ms, longestTimerMs));
}

/** Everything that watches one signal. */
interface Watch {
  readonly callbacks: Set<() => void>;
  readonly notify: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

function newWatch(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>();
  const notify = () => {
    for (const callback of [...callbacks]) callback();
  };
  signal.addEventListener("abort", notify, { once: true });
  return { callbacks, notify };
}

/**
 * Calls back when a signal aborts. However many watch one signal, it has one listener, and none once all have stopped:
 * one signal may end thousands of calls without a warning about leaks.
 *
 * @returns Stops watching.
 */
function watch(signal: AbortSignal, callback: () => void): () => void {
  const shared = watches.get(signal) ?? newWatch(signal);
  watches.set(signal, shared);
  shared.callbacks.add(callback);
  return () => {
    if (!shared.callbacks.delete(callback) || shared.callbacks.size > 0) return;
    watches.delete(signal);
    signal.removeEventListener("abort", shared.notify);
  };
}

/**
 * Waits.
 *
 * @param ms How long, in milliseconds.
 * @param signal Ends the wait early.
 * @throws AsapError `asap:transport/aborted`, or the signal's reason where that is an AsapError.
 */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(abortedError(signal));
  return new Promise((resolve, reject) => {
    const onTimeout = () => {
      stop();
      resolve();
    };
    const timer = startTimer(ms, onTimeout);
    const stop = watch(signal, () => {
      clearTimeout(timer);
      stop();
      reject(abortedError(signal));
    });
  });
}
