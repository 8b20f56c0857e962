import type { Command } from "commander";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions } from "./state-store.js";
import { noSubscription, subscriptionsOf, withWebhooks } from "./webhook-store.js";

/** `asap webhook remove`: removes a subscription. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command.argument("<subscription>", "id of the subscription"));
    command.addHelpText("after", "\nWhat waits for it is removed, too. Dead letters and the history stay.");
    addNotes(command, {
      examples: ["webhook remove sub_01HX5K3MQVN8 --storage sqlite:./asap_state.db"],
      exits: { 0: "removed", 1: "there is none", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const [id = ""] = command.args;
    const { storage, json } = command.optsWithGlobals<GlobalOptions & StorageOptions>();
    return withWebhooks(storage, io, async (store) => {
      const record = await store.subscriptions.get(id);
      if (record === undefined) return noSubscription(io, id);
      const service = await subscriptionsOf(command, io, store, record.owner);
      try {
        if (!(await service.remove(id))) return noSubscription(io, id);
      } finally {
        await service.close(0);
      }
      await io.print(json ? recordJson({ removed: id }, true) : `removed ${id}`);
      return exitCodes.ok;
    });
  },
};
