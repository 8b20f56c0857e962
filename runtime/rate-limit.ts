import { AsapError } from "./error.js";

const unitMs: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
};

/** At most `count` requests within any window of `windowMs` milliseconds. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
  /** How the limit is named to callers, `10 per 1 second`. */
  readonly text: string;
}

/** Why a request was refused. */
export interface Refusal {
  /** Whole seconds until a request may pass again, at least 1. */
  readonly retryAfterSeconds: number;
  /** The limit that was reached, `10 per 1 second`. */
  readonly limit: string;
}

/**
 * Reads a rate limit such as `10/second;100/minute` (wire section 8.2): items `N/unit`, `N per unit`
 * or `N per M unit`, joined by `;`, `,` or `|`; units second, minute, hour, day, month, year.
 *
 * @throws AsapError `asap:config/invalid_option` for any other text.
 */
export function parseRateLimit(text: string): readonly Rate[] {
  return text.split(/[;,|]/).map((item) => {
    const match = /^\s*(\d{1,9})\s*(?:\/|\s+per\s+)\s*(?:(\d{1,6})\s+)?(second|minute|hour|day|month|year)s?\s*$/i.exec(
      item,
    );
    const [, count, multiple = "1", unit = ""] = match ?? [];
    const perUnit = unitMs[unit.toLowerCase()];
    if (perUnit === undefined || Number(count) < 1 || Number(multiple) < 1) {
      throw new AsapError("asap:config/invalid_option", {
        message: `Rate limit ${JSON.stringify(item.trim())} is not of the form "N/second", "N per minute" or "N per M hour"`,
        data: { option: "rateLimit", reason: "syntax" },
      });
    }
    return {
      count: Number(count),
      windowMs: perUnit * Number(multiple),
      text: `${Number(count)} per ${Number(multiple)} ${unit.toLowerCase()}`,
    };
  });
}

/** Arrival times of one caller for one rate, a ring that grows up to the rate's count. */
interface Arrivals {
  times: number[];
  next: number;
}

/** Bounds of a limiter. */
export interface RateLimiterOptions {
  /** Most callers remembered; the ones unseen for longest are forgotten first. Default 100,000. */
  readonly maxCallers?: number;
}

/** Counts requests per caller and says when one is too many. */
export interface RateLimiter {
  /**
   * Tests every rate and, when all allow it, counts the request. A refused request is not counted.
   *
   * @param caller Key of the caller, for HTTP its address.
   * @param now Current time in milliseconds.
   */
  take(caller: string, now: number): Refusal | undefined;
}

/** Makes a limiter with a moving window per rate and caller, in the memory of this process. */
export function createRateLimiter(rates: readonly Rate[], options: RateLimiterOptions = {}): RateLimiter {
  const maxYoung = Math.max(1, Math.ceil((options.maxCallers ?? 100_000) / 2));
  let young = new Map<string, Arrivals[]>();
  let old = new Map<string, Arrivals[]>();

  const arrivalsOf = (caller: string): Arrivals[] => {
    let found = young.get(caller);
    if (found !== undefined) return found;
    found = old.get(caller) ?? rates.map(() => ({ times: [], next: 0 }));
    if (young.size >= maxYoung) {
      old = young;
      young = new Map();
    }
    young.set(caller, found);
    return found;
  };

  return {
    take(caller, now) {
      const arrivals = arrivalsOf(caller);
      for (const [index, rate] of rates.entries()) {
        const { times, next } = arrivals[index] as Arrivals;
        if (times.length < rate.count) continue;
        const free = (times[next] as number) + rate.windowMs;
        if (free > now) return { retryAfterSeconds: Math.max(1, Math.ceil((free - now) / 1000)), limit: rate.text };
      }
      for (const [index, rate] of rates.entries()) {
        const ring = arrivals[index] as Arrivals;
        if (ring.times.length < rate.count) ring.times.push(now);
        else {
          ring.times[ring.next] = now;
          ring.next = (ring.next + 1) % rate.count;
        }
      }
      return undefined;
    },
  };
}
