import type { Command } from "commander";
import type { StateStore } from "../state/state-store.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { barOf, isSame, movedLine } from "./move-report.js";
import { exitCodes } from "./output.js";
import { jsonText } from "./peer-command.js";
import { failState, openExisting, openNamed } from "./state-store.js";
import { webhooksOf } from "./webhook-store.js";

/** `asap webhook migrate`: copies the webhooks of one store to another. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<from>", "store to copy: sqlite:PATH or postgres://…")
      .argument("<to>", "store to copy to; what it has already is not written again, what is further there stays");
    command.addHelpText(
      "after",
      `
Copies subscriptions, deliveries that wait, dead letters and the history of attempts; asap state migrate copies tasks. Stop
the agents that use either store first. A run that was interrupted is taken up by running it again. In the end both stores
are read again and compared. Secrets stay sealed: agents at the target need the ASAP_WEBHOOK_KEYS of those at the source.
What was under way is sent again from the target, with the webhook-id it has; so do not let agents at the source go on.`,
    );
    addNotes(command, {
      examples: ["webhook migrate sqlite:./asap_state.db postgres://localhost/asap"],
      exits: {
        0: "all records are in the target",
        1: "the stores are not equal, or a record is further in the target",
        2: "a store cannot be used",
      },
    });
  },
  async run(command: Command, io) {
    const [from = "", to = ""] = command.args;
    const { json } = command.optsWithGlobals<GlobalOptions>();
    const { moveWebhooks } = await import("../webhooks/move.js");
    const opened: StateStore[] = [];
    const open = async (store: StateStore, option: string) => {
      opened.push(store);
      return webhooksOf(store, option);
    };
    try {
      const source = await open(await openExisting(from, io), "from");
      const target = await open(await openNamed(to, io), "to");
      const moved = await moveWebhooks(source, target, { onProgress: (progress) => io.status(barOf(progress)) });
      io.status("");
      const kinds = Object.entries(moved);
      await io.print(json ? jsonText(moved, true) : kinds.map(([kind, each]) => movedLine(kind, each)).join("\n"));
      return kinds.every(([, each]) => isSame(each)) ? exitCodes.ok : exitCodes.findings;
    } catch (cause) {
      io.status("");
      return failState(cause, io);
    } finally {
      for (const store of opened) await store.close();
    }
  },
};
