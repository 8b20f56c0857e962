import type { Command } from "commander";
import type { DeliveryQueue } from "../webhooks/delivery-queue.js";
import type { CliIo } from "./output.js";
import { fail } from "./output.js";
import { addFilterOptions, type FilterOptions, filterOf } from "./webhook-filter.js";

/** Options that choose dead letters. */
export interface ChoiceOptions extends FilterOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** Adds what chooses dead letters: ids, or all that fit. */
export function addChoice(command: Command): Command {
  command.argument("[deliveries...]", "ids of deliveries, their webhook-ids").option("--all", "all that fit");
  return addFilterOptions(command).option("--dry-run", "tell how many there are, and change nothing");
}

/** Ids of the dead letters that are chosen, those given up first before others; ids that were given are not looked up. */
export async function chosenIds(
  command: Command,
  queue: Pick<DeliveryQueue, "dead">,
  options: ChoiceOptions,
): Promise<readonly string[]> {
  const { deadIds } = await import("../webhooks/replay.js");
  return options.all === true ? deadIds(queue, filterOf(options)) : [...new Set(command.args)];
}

/** Ends the command as wrong usage where it chooses nothing, or in two ways. */
export function checkChoice(command: Command, options: ChoiceOptions): void {
  const filters = Object.keys(filterOf(options));
  const hasIds = command.args.length > 0;
  if (hasIds === (options.all === true)) command.error("give either ids of deliveries or --all");
  if (hasIds && filters.length > 0) command.error("what is chosen by its id takes no further option that chooses");
}

/** Says of which ids there is no dead letter. */
export function tellMissing(io: CliIo, missing: readonly string[]): void {
  for (const id of missing) fail(io, `there is no dead letter ${id} in the store`, "asap:webhook/delivery_not_found");
}

/** Ids of which there is no dead letter. */
export async function missingOf(
  queue: Pick<DeliveryQueue, "dead">,
  ids: readonly string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const id of ids) if ((await queue.dead.get(id)) === undefined) missing.push(id);
  return missing;
}
