import type { AttemptFilter, DeliveryFilter } from "../../delivery-queue.js";

/** A condition in SQL and its values. */
export type Condition = readonly [sql: string, ...values: readonly unknown[]];

/** Conditions of a filter on a table whose moment is in a column. */
export function conditionsOf(filter: DeliveryFilter, moment: string): Condition[] {
  const { url, subscriptionId, taskId, event, fromMs, toMs } = filter;
  const conditions: Condition[] = [];
  if (url !== undefined) conditions.push(["url = ?", url]);
  if (subscriptionId !== undefined) conditions.push(["subscription_id = ?", subscriptionId]);
  if (taskId !== undefined) conditions.push(["task_id = ?", taskId]);
  if (event !== undefined) conditions.push(["event = ?", event]);
  if (fromMs !== undefined) conditions.push([`${moment} >= ?`, fromMs]);
  if (toMs !== undefined) conditions.push([`${moment} < ?`, toMs]);
  return conditions;
}

/** Conditions of a filter on attempts. */
export function attemptConditions(filter: AttemptFilter): Condition[] {
  const { deliveryId, outcome, status } = filter;
  const conditions = conditionsOf(filter, "started_ms");
  if (deliveryId !== undefined) conditions.push(["delivery_id = ?", deliveryId]);
  if (outcome !== undefined) conditions.push(["outcome = ?", outcome]);
  if (status !== undefined) conditions.push(["status = ?", status]);
  return conditions;
}

/** The clause of conditions that hold together. */
export const whereOf = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;

/** Values of conditions, in their order. */
export const valuesOf = (conditions: readonly Condition[]): readonly unknown[] =>
  conditions.flatMap(([, ...values]) => values);
