import { type AsapError, isAsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";

/** When and how often a failed attempt is repeated. */
export interface RetryOptions {
  /** Attempts in total, the first one included; 1 never repeats. Default: 3. */
  readonly attempts?: number;
  /** Wait before the second attempt, in milliseconds; it doubles for each further one. Default: 1,000. */
  readonly baseMs?: number;
  /** Longest wait between attempts, in milliseconds; a Retry-After may be longer. Default: 60,000. */
  readonly maxMs?: number;
  /** Largest share of a wait that chance adds to it. Default: 0.1. */
  readonly jitter?: number;
}

/** A checked {@link RetryOptions} with every default filled in. */
export type RetryPlan = Required<RetryOptions>;

/** What retrying needs from outside. */
export interface RetryTools {
  /** A number from 0 up to 1, as `Math.random` gives. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Time left for the call, in milliseconds; a wait that does not fit is not begun. */
  readonly remainingMs: () => number;
}

/**
 * Checks retry options and fills in the defaults.
 *
 * @throws AsapError `asap:config/invalid_option`.
 * @see ASAP 1.1, section 16
 */
export function retryPlan(options: RetryOptions = {}): RetryPlan {
  const { attempts = 3, baseMs = 1_000, maxMs = 60_000, jitter = 0.1 } = options;
  if (!Number.isInteger(attempts) || attempts < 1) throw invalidOption("retry.attempts", "is no whole number from 1");
  if (!(baseMs >= 0)) throw invalidOption("retry.baseMs", "is no duration");
  if (!(maxMs >= 0)) throw invalidOption("retry.maxMs", "is no duration");
  if (!(jitter >= 0)) throw invalidOption("retry.jitter", "is no share from 0");
  return { attempts, baseMs, maxMs, jitter };
}

/**
 * Whether an attempt that failed like this may be repeated: connection errors, timeouts, 5xx and 429. JSON-RPC errors
 * and other 4xx are final.
 *
 * @see ASAP 1.1, section 16
 */
export function isRepeatable(error: unknown): error is AsapError {
  if (!isAsapError(error)) return false;
  const { code, data } = error;
  if (code === "asap:transport/http_status") return Number(data["status"]) >= 500;
  return (
    code === "asap:transport/connection_failed" ||
    code === "asap:transport/timeout" ||
    code === "asap:transport/rate_limited"
  );
}

/**
 * How long to wait before another attempt: what the peer asked for, else twice as long as the time before, and a
 * little more by chance so that callers do not come back together.
 *
 * @param plan See {@link retryPlan}.
 * @param retry Number of the coming repeat, from 0.
 * @param askedMs Wait the peer asked for, in milliseconds.
 * @param random A number from 0 up to 1.
 * @returns The wait in milliseconds.
 */
export function waitMs(plan: RetryPlan, retry: number, askedMs: number | undefined, random: number): number {
  const wait = askedMs ?? Math.min(plan.baseMs * 2 ** retry, plan.maxMs);
  return wait * (1 + plan.jitter * random);
}

/**
 * Runs attempts until one succeeds, fails for good, or no further one fits into the call's time. A wait that the peer
 * asked for is read from `retry_after` (seconds) in the error's data.
 *
 * @param attempt Gets the number of the attempt, from 1.
 * @throws What the last attempt threw, or AsapError `asap:transport/aborted` when the signal ends a wait.
 */
export async function retry<T>(
  attempt: (number: number) => Promise<T>,
  plan: RetryPlan,
  tools: RetryTools,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (number >= plan.attempts || tools.signal.aborted || !isRepeatable(error)) throw error;
      const asked = error.data["retry_after"];
      const wait = waitMs(plan, number - 1, typeof asked === "number" ? asked * 1_000 : undefined, tools.random());
      if (wait >= tools.remainingMs()) throw error;
      await tools.sleep(wait, tools.signal);
    }
  }
}

/**
 * Reads a Retry-After header: seconds, decimals allowed, or an HTTP date.
 *
 * @param value Value of the header.
 * @param now Milliseconds since 1970.
 * @returns The wait in seconds, at least 0; undefined for a value that is neither.
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterSeconds(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d{1,15}(?:\.\d+)?$/.test(text)) return Number(text);
  if (!/^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const date = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000);
}
