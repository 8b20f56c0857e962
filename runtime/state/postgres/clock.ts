/**
 * The moment of a statement in milliseconds since 1970, in SQL: that of a parameter, or of the clock of the database
 * where it is null.
 */
export const momentOf = (parameter: string): string =>
  `coalesce(${parameter}::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;
