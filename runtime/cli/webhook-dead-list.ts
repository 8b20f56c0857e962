import type { Command } from "commander";
import type { DeadLetter } from "../webhooks/delivery.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { shownMoment } from "./moment.js";
import { exitCodes } from "./output.js";
import { addStorageOption, columnText, recordJson, type StorageOptions } from "./state-store.js";
import { addFilterOptions, type FilterOptions, filterOf } from "./webhook-filter.js";
import { withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions, FilterOptions {
  readonly limit: number;
}

/** A dead letter as it is shown: without its body and the query of its URL. */
export async function shownDead(letter: DeadLetter) {
  const { shownUrl } = await import("../webhooks/target.js");
  const { id, subscriptionId, url, taskId, event, attempts, replays, createdMs, diedMs, reason, status } = letter;
  return {
    id,
    subscription: subscriptionId,
    url: shownUrl(url),
    task: taskId,
    event,
    attempts,
    replays,
    created: shownMoment(createdMs),
    died: shownMoment(diedMs),
    reason,
    status,
  };
}

/** `asap webhook dead list`: lists deliveries that were given up. */
export const command: CliCommand = {
  configure(command) {
    addFilterOptions(addStorageOption(command)).option(
      "--limit <number>",
      "most lines",
      wholeNumber(1, 1_000_000),
      100,
    );
    command.addHelpText("after", "\nThe latest come first. --since and --until are of when a delivery was given up.");
    addNotes(command, {
      examples: [
        "webhook dead list --storage sqlite:./asap_state.db --since 1h",
        "webhook dead list --url https://hooks.example.com/asap --json",
      ],
      exits: { 0: "listed, columns with tabs between", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const { storage, limit, json } = options;
    const { everyItem } = await import("../state/page.js");
    const filter = filterOf(options);
    return withWebhooks(storage, io, async ({ queue }) => {
      for await (const letter of everyItem((page) => queue.dead.list(filter, page), limit)) {
        const shown = await shownDead(letter);
        const { id, died, event, task, url, attempts, status, reason } = shown;
        const columns = [id, died, event, task, url, `${attempts} attempts`, status === 0 ? "-" : status, reason];
        await io.print(json ? recordJson(shown, true) : columns.map(columnText).join("\t"));
      }
      return exitCodes.ok;
    });
  },
};
