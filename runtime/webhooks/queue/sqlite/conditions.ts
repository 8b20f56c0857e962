/** A condition in SQL and its values. */
export type Condition = readonly [sql: string, ...values: readonly unknown[]];

/** The clause of conditions that hold together. */
export const whereOf = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;

/** Values of conditions, in their order. */
export const valuesOf = (conditions: readonly Condition[]): readonly unknown[] =>
  conditions.flatMap(([, ...values]) => values);
