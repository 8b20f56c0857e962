import type { UsageFilter } from "./metering-store.js";
import { storedMs } from "./records.js";
import type { TaskFilter } from "./task-store.js";

/** A condition in SQL, with `?` for each of its values. */
export type Condition = readonly [sql: string, ...values: readonly unknown[]];

/** What {@link where} makes of conditions. */
export interface Where {
  /** `WHERE …`, or nothing where there are no conditions. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The condition that a column has a value; none where that is undefined. */
const equal = (column: string, value: string | undefined): readonly Condition[] =>
  value === undefined ? [] : [[`${column} = ?`, value]];

/** Conditions of the filter of a list of tasks, all but the status. */
export const taskConditions = ({ agent, owner, conversationId }: TaskFilter): readonly Condition[] => [
  ...equal("agent", agent),
  ...equal("owner", owner),
  ...equal("conversation_id", conversationId),
];

/** Conditions of a filter of records of use. */
export const usageConditions = ({ agentId, consumerId, taskId, fromMs, toMs }: UsageFilter): readonly Condition[] => [
  ...equal("agent_id", agentId),
  ...equal("consumer_id", consumerId),
  ...equal("task_id", taskId),
  ...(fromMs === undefined ? [] : [["timestamp >= ?", storedMs(fromMs)] as const]),
  ...(toMs === undefined ? [] : [["timestamp <= ?", storedMs(toMs)] as const]),
];

/**
 * Conditions that hold together.
 *
 * @param markOf Gives what stands for a value, by its number from 1. Default: `?` for each.
 */
export function where(conditions: readonly Condition[], markOf = (_number: number) => "?"): Where {
  let index = 0;
  const parts = conditions.map(([sql]) => sql.replaceAll("?", () => markOf(++index)));
  return {
    text: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`,
    values: conditions.flatMap(([, ...values]) => values),
  };
}
