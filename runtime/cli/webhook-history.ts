import type { Command } from "commander";
import type { Attempt } from "../webhooks/delivery.js";
import { oneOf, wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { shownMoment } from "./moment.js";
import { exitCodes } from "./output.js";
import { addStorageOption, columnText, recordJson, type StorageOptions } from "./state-store.js";
import { addFilterOptions, type FilterOptions, filterOf } from "./webhook-filter.js";
import { withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions, FilterOptions {
  readonly delivery?: string;
  readonly status?: number;
  readonly outcome?: Attempt["outcome"];
  readonly limit: number;
  readonly after?: string;
}

/** An attempt as it is shown: without the query of its URL. */
export async function shownAttempt(attempt: Attempt) {
  const { shownUrl } = await import("../webhooks/target.js");
  const { deliveryId, subscriptionId, taskId, url, startedMs, attempt: number, response, ...facts } = attempt;
  const { event, replays, outcome, elapsedMs, status, address, error, reason } = facts;
  return {
    started: shownMoment(startedMs),
    delivery: deliveryId,
    subscription: subscriptionId,
    task: taskId,
    event,
    url: shownUrl(url),
    attempt: number,
    replays,
    outcome,
    elapsedMs,
    status,
    address,
    error,
    reason,
    ...(response !== null && { response }),
  };
}

type Shown = Awaited<ReturnType<typeof shownAttempt>>;

const line = ({ started, delivery, event, task, url, attempt, outcome, elapsedMs, status, error, reason }: Shown) =>
  [
    started,
    outcome,
    status === 0 ? "-" : status,
    `${elapsedMs} ms`,
    `attempt ${attempt}`,
    event,
    task,
    delivery,
    url,
    reason ?? error ?? "",
  ]
    .map(columnText)
    .join("\t")
    .trimEnd();

/** `asap webhook history`: lists attempts. */
export const command: CliCommand = {
  configure(command) {
    addFilterOptions(addStorageOption(command))
      .option("--delivery <id>", "of this delivery alone")
      .option("--status <number>", "answered with this status, 0 for no answer", wholeNumber(0, 999))
      .option("--outcome <outcome>", "delivered, retry or dead", oneOf("delivered", "retry", "dead"))
      .option("--limit <number>", "most lines", wholeNumber(1, 1_000), 100)
      .option("--after <cursor>", "go on where an earlier page ended");
    command.addHelpText(
      "after",
      `
Attempts that began latest come first; --since and --until are of when they began. Where there are more than the limit,
standard error tells what to give to --after, with the same options besides, for those that follow.`,
    );
    addNotes(command, {
      examples: [
        "webhook history --storage sqlite:./asap_state.db --task task_01HX5K3MQVN8",
        "webhook history --outcome dead --since 1d --json",
      ],
      exits: { 0: "listed, columns with tabs between", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const { storage, json, limit, after, delivery, status, outcome } = options;
    const filter = {
      ...filterOf(options),
      ...(delivery !== undefined && { deliveryId: delivery }),
      ...(status !== undefined && { status }),
      ...(outcome !== undefined && { outcome }),
    };
    return withWebhooks(storage, io, async ({ queue }) => {
      const { items, next } = await queue.history(filter, { limit, ...(after !== undefined && { after }) });
      for (const attempt of items) {
        const shown = await shownAttempt(attempt);
        await io.print(json ? recordJson(shown, true) : line(shown));
      }
      if (next !== undefined) io.log(`more: --after ${next}`);
      return exitCodes.ok;
    });
  },
};
