import type { Command } from "commander";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { barOf } from "./move-report.js";
import { exitCodes } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions } from "./state-store.js";
import { addChoice, type ChoiceOptions, checkChoice, chosenIds, missingOf, tellMissing } from "./webhook-chosen.js";
import { withWebhooks } from "./webhook-store.js";

interface Options extends GlobalOptions, StorageOptions, ChoiceOptions {}

/** Most dead letters of one part. */
const most = 500;

/** `asap webhook dead delete`: deletes deliveries that were given up. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(addChoice(command));
    addNotes(command, {
      examples: [
        "webhook dead delete 01HX5K3MQVN8 --storage sqlite:./asap_state.db",
        "webhook dead delete --all --until 30d --dry-run",
      ],
      exits: { 0: "deleted for good", 1: "some of the ids are those of no dead letter", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const { storage, json, dryRun = false } = options;
    checkChoice(command, options);
    return withWebhooks(storage, io, async ({ queue }) => {
      const ids = await chosenIds(command, queue, options);
      const missing: string[] = [];
      if (dryRun && options.all !== true) missing.push(...(await missingOf(queue, ids)));
      for (let from = 0; from < ids.length && !dryRun; from += most) {
        const part = ids.slice(from, from + most);
        const found = await queue.dead.delete(part);
        missing.push(...part.filter((_, index) => found[index] !== true));
        io.status(barOf({ kind: "deleted", total: ids.length, done: from + part.length }));
      }
      io.status("");
      tellMissing(io, options.all === true ? [] : missing);
      const count = ids.length - missing.length;
      const text = dryRun ? `${count} dead letters would be deleted` : `${count} dead letters deleted`;
      await io.print(json ? recordJson({ [dryRun ? "wouldDelete" : "deleted"]: count, missing }, true) : text);
      return missing.length > 0 && options.all !== true ? exitCodes.findings : exitCodes.ok;
    });
  },
};
