import type { Command } from "commander";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions, withStore } from "./state-store.js";

/** `asap state export`: prints everything that a store holds. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command);
    addNotes(command, {
      examples: ["state export --storage sqlite:./asap_state.db > state.jsonl"],
      exits: {
        0: "printed: a JSON document a line, with the members kind (task, snapshot, usage) and record",
        2: "the store cannot be used",
      },
    });
  },
  async run(command: Command, io) {
    const { storage } = command.optsWithGlobals<GlobalOptions & StorageOptions>();
    const { everyItem } = await import("../state/page.js");
    return withStore(storage, io, async ({ tasks, snapshots, metering }) => {
      const print = (kind: string, record: unknown) => io.print(recordJson({ kind, record }, true));
      for await (const record of everyItem((page) => tasks.list({}, page))) await print("task", record);
      for await (const record of everyItem((page) => snapshots.list(page))) await print("snapshot", record);
      for await (const record of everyItem((page) => metering.query({}, page))) await print("usage", record);
      return exitCodes.ok;
    });
  },
};
