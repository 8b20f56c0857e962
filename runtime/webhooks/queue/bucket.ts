import type { Rate } from "../delivery-queue.js";

/**
 * A token bucket that is one number: when the bucket is full again, in milliseconds since 1970 (generic cell rate
 * algorithm, ITU-T I.371).
 */
export type Bucket = number;

const perMinuteMs = 60_000;
/** Sums of fractions are off by less than this. */
const roundingMs = 1e-3;

/** When a token is there, in milliseconds since 1970; 0 without a bound. */
export function tokenMs(bucket: Bucket, rate: Rate | undefined): number {
  if (rate === undefined) return 0;
  return bucket - (rate.burst - 1) * (perMinuteMs / rate.perMinute) - roundingMs;
}

/** The bucket after a token was put back that was not used. */
export const unspent = (bucket: Bucket, rate: Rate | undefined): Bucket =>
  rate === undefined ? bucket : bucket - perMinuteMs / rate.perMinute;

/** The bucket after a token was spent. */
export const spent = (bucket: Bucket, rate: Rate | undefined, nowMs: number): Bucket =>
  rate === undefined ? bucket : Math.max(bucket, nowMs) + perMinuteMs / rate.perMinute;
