import type { Command } from "commander";
import type { Attempt } from "../webhooks/delivery.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes, fail } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions } from "./state-store.js";
import { shownDead } from "./webhook-dead-list.js";
import { shownAttempt } from "./webhook-history.js";
import { withWebhooks } from "./webhook-store.js";

/** Most attempts that are shown of a dead letter. */
const mostAttempts = 1_000;

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `asap webhook dead show`: prints a delivery that was given up, with its attempts. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command.argument("<delivery>", "id of the delivery, its webhook-id"));
    addNotes(command, {
      examples: ["webhook dead show 01HX5K3MQVN8 --storage sqlite:./asap_state.db"],
      exits: {
        0: "printed as JSON, with its body and its attempts, the latest first",
        1: "there is none",
        2: "the store cannot be used",
      },
    });
  },
  async run(command: Command, io) {
    const [id = ""] = command.args;
    const { storage, json } = command.optsWithGlobals<GlobalOptions & StorageOptions>();
    const { everyItem } = await import("../state/page.js");
    return withWebhooks(storage, io, async ({ queue }) => {
      const letter = await queue.dead.get(id);
      if (letter === undefined) {
        fail(io, `there is no dead letter ${id} in the store`, "asap:webhook/delivery_not_found");
        return exitCodes.findings;
      }
      const filter = { deliveryId: id, taskId: letter.taskId };
      const attempts: Attempt[] = [];
      for await (const attempt of everyItem((page) => queue.history(filter, page), mostAttempts))
        attempts.push(attempt);
      const history = await Promise.all(attempts.map(shownAttempt));
      await io.print(recordJson({ ...(await shownDead(letter)), body: bodyOf(letter.body), history }, json === true));
      return exitCodes.ok;
    });
  },
};
