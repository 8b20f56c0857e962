/**
 * The moment of a statement in milliseconds since 1970, in SQL: that of a parameter, or of the clock of the database
 * where it is null.
 */
export const momentOf = (parameter: string): string =>
  `coalesce(${parameter}::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;

/** A number of milliseconds that a column can hold: whole, so that what is less than it stays less. */
export const wholeMs = (ms: number): number =>
  Math.min(Math.max(Math.ceil(ms), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
