import type { Command } from "commander";
import type { AttemptFilter, DeliveryQueue, EndpointState, EndpointTotals } from "../webhooks/delivery-queue.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { moment, shownMoment } from "./moment.js";
import { exitCodes } from "./output.js";
import { addStorageOption, columnText, recordJson, type StorageOptions } from "./state-store.js";
import { filterOf } from "./webhook-filter.js";
import { withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions {
  readonly url?: string;
  readonly task?: string;
  readonly since?: number;
  readonly until?: number;
  readonly top: number;
}

type Sums = Omit<EndpointTotals, "url">;

const nothing: Sums = { attempts: 0, delivered: 0, failed: 0, retries: 0, dead: 0, elapsedMs: 0, errors: {} };

function sumOf(one: Sums, other: Sums): Sums {
  const errors: Record<string, number> = { ...one.errors };
  for (const [name, count] of Object.entries(other.errors)) errors[name] = (errors[name] ?? 0) + count;
  return {
    attempts: one.attempts + other.attempts,
    delivered: one.delivered + other.delivered,
    failed: one.failed + other.failed,
    retries: one.retries + other.retries,
    dead: one.dead + other.dead,
    elapsedMs: one.elapsedMs + other.elapsedMs,
    errors,
  };
}

const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

/** What a sum says: rates are shares from 0 to 1, null where there is nothing to share. */
function figures({ elapsedMs, errors, ...counts }: Sums) {
  const { attempts, delivered, failed, retries, dead } = counts;
  const sorted = Object.entries(errors).sort(([, one], [, other]) => other - one);
  return {
    ...counts,
    successRate: share(delivered, attempts),
    failureRate: share(failed, attempts),
    deliveredRate: share(delivered, delivered + dead),
    retryRate: share(retries, attempts),
    averageMs: attempts === 0 ? null : Math.round(elapsedMs / attempts),
    errors: Object.fromEntries(sorted),
  };
}

/** Most circuits that are shown. */
const mostCircuits = 100;

async function openCircuits(queue: DeliveryQueue): Promise<readonly EndpointState[]> {
  const { everyItem } = await import("../state/page.js");
  const open: EndpointState[] = [];
  for await (const state of everyItem((page) => queue.endpoints(page))) {
    if (state.circuit !== "closed") open.push(state);
    if (open.length === mostCircuits) break;
  }
  return open;
}

async function read(queue: DeliveryQueue, filter: AttemptFilter, top: number) {
  const { shownUrl } = await import("../webhooks/target.js");
  const [totals, { oldestDueMs, ...stats }, circuits] = await Promise.all([
    queue.totals(filter),
    queue.stats(),
    openCircuits(queue),
  ]);
  return {
    ...figures(totals.reduce(sumOf, nothing)),
    endpoints: totals.slice(0, top).map(({ url, ...sums }) => ({ url: shownUrl(url), ...figures(sums) })),
    queue: { ...stats, oldestDue: oldestDueMs === null ? null : shownMoment(oldestDueMs) },
    circuits: circuits.map(({ url, circuit, failures, openUntilMs, pending }) => ({
      url: shownUrl(url),
      circuit,
      failures,
      openUntil: openUntilMs === null ? null : shownMoment(openUntilMs),
      pending,
    })),
  };
}

type Read = Awaited<ReturnType<typeof read>>;

const percent = (rate: number | null): string => (rate === null ? "-" : `${(rate * 100).toFixed(2)} %`);

function lines({ queue, endpoints, circuits, errors, ...all }: Read): readonly string[] {
  return [
    `attempts\t${all.attempts}\t${percent(all.successRate)} delivered\t${percent(all.failureRate)} failed`,
    `deliveries\t${all.delivered} delivered\t${all.dead} given up\t${percent(all.deliveredRate)} delivered`,
    `retries\t${all.retries}\t${percent(all.retryRate)} of the attempts`,
    `average time\t${all.averageMs === null ? "-" : `${all.averageMs} ms`}`,
    `queue\t${queue.pending} waiting\t${queue.leased} under way\t${queue.dead} dead letters\tdue since ${queue.oldestDue ?? "-"}`,
    `open circuits\t${queue.openCircuits}`,
    ...circuits.map(
      ({ url, circuit, failures, openUntil }) =>
        `circuit\t${columnText(url)}\t${circuit}\t${failures} failures\tuntil ${openUntil ?? "-"}`,
    ),
    ...endpoints.map(
      ({ url, attempts, successRate, averageMs }) =>
        `endpoint\t${columnText(url)}\t${attempts} attempts\t${percent(successRate)} delivered\t${averageMs} ms`,
    ),
    ...Object.entries(errors).map(([name, count]) => `error\t${columnText(name)}\t${count}`),
  ];
}

/** `asap webhook stats`: tells how deliveries fare. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command)
      .option("--url <url>", "attempts at this URL alone, the whole of it")
      .option("--task <id>", "attempts for this task alone")
      .option("--since <moment>", "attempts from then on: a date, or how long ago, such as 15m, 2h or 7d", moment)
      .option("--until <moment>", "attempts before then", moment)
      .option("--top <number>", "how many of the most active endpoints", wholeNumber(1, 1_000), 10);
    command.addHelpText(
      "after",
      `
Counts the attempts that the history has: those of the last 7 days, unless the agent keeps another time. The queue and its
circuits are those of now. With --json, rates are shares from 0 to 1, or null where there were no attempts.`,
    );
    addNotes(command, {
      examples: ["webhook stats --storage sqlite:./asap_state.db", "webhook stats --since 1h --json"],
      exits: { 0: "printed, columns with tabs between", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const { storage, json, top } = options;
    return withWebhooks(storage, io, async ({ queue }) => {
      const found = await read(queue, filterOf(options), top);
      await io.print(json ? recordJson(found, true) : lines(found).join("\n"));
      return exitCodes.ok;
    });
  },
};
