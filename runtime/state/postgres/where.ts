import { type Condition, where as inSql, type Where } from "../where.js";

export type { Condition } from "../where.js";

/** What stands for a value of a statement, by its number from 1. */
export const markOf = (number: number): string => `$${number}`;

/** Conditions that hold together, with `$1` and so on for their values. */
export const where = (conditions: readonly Condition[]): Where => inSql(conditions, markOf);
