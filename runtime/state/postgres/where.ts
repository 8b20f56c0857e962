/** A condition in SQL, with `?` for each of its values. */
export type Condition = readonly [sql: string, ...values: readonly unknown[]];

/**
 * Conditions that hold together.
 *
 * @returns `WHERE …` with `$1` and so on for the values, or nothing where there are no conditions; and the values.
 */
export function where(conditions: readonly Condition[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  let index = 0;
  const parts = conditions.map(([sql]) => sql.replaceAll("?", () => `$${++index}`));
  return {
    text: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`,
    values: conditions.flatMap(([, ...values]) => values),
  };
}
