import { InvalidArgumentError } from "commander";

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A parser for an option that takes a moment: how long ago it was, such as `90s`, `15m`, `2h` or `7d`, or a date of RFC 3339. */
export function moment(value: string): number {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(value) ?? [];
  const ago = unitMs[unit];
  if (ago !== undefined) return Date.now() - Number(count) * ago;
  const ms = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d))?$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError(
    "It must be how long ago, such as 15m, 2h or 7d, or a date such as 2026-01-31T09:00:00Z.",
  );
}

/** A moment as it is shown. */
export const shownMoment = (ms: number): string => new Date(ms).toISOString();
