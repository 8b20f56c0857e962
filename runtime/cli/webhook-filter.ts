import type { Command } from "commander";
import { events } from "../../generated/limits.js";
import type { EventName } from "../../generated/models.js";
import type { DeliveryFilter } from "../webhooks/delivery-queue.js";
import { oneOf } from "./choice.js";
import { moment } from "./moment.js";

/** A parser for an option that takes an event. */
export const anEvent = oneOf(...(Object.keys(events) as EventName[]));

/** Options that choose records of deliveries. */
export interface FilterOptions {
  readonly url?: string;
  readonly subscription?: string;
  readonly task?: string;
  readonly event?: EventName;
  readonly since?: number;
  readonly until?: number;
}

/** Adds the options that choose records of deliveries. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--url <url>", "of this URL alone, the whole of it")
    .option("--subscription <id>", "of this subscription alone")
    .option("--task <id>", "of this task alone")
    .option("--event <event>", "of this event alone", anEvent)
    .option("--since <moment>", "from then on: a date, or how long ago, such as 15m, 2h or 7d", moment)
    .option("--until <moment>", "before then", moment);
}

/** What the options choose. */
export function filterOf({ url, subscription, task, event, since, until }: FilterOptions): DeliveryFilter {
  return {
    ...(url !== undefined && { url: URL.canParse(url) ? new URL(url).href : url }),
    ...(subscription !== undefined && { subscriptionId: subscription }),
    ...(task !== undefined && { taskId: task }),
    ...(event !== undefined && { event }),
    ...(since !== undefined && { fromMs: since }),
    ...(until !== undefined && { toMs: until }),
  };
}
