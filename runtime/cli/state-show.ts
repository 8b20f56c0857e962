import type { Command } from "commander";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes, fail } from "./output.js";
import { addStorageOption, recordJson, type StorageOptions, withStore } from "./state-store.js";

interface Options extends GlobalOptions, StorageOptions {
  readonly snapshot?: number | true;
}

/** `asap state show`: prints a task or a snapshot. */
export const command: CliCommand = {
  configure(command) {
    addStorageOption(command.argument("<task>", "id of the task")).option(
      "--snapshot [version]",
      "a snapshot of the task in place of the task (default: the latest)",
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    );
    addNotes(command, {
      examples: [
        "state show task_01HX5K3MQVN8 --storage sqlite:./asap_state.db",
        "state show task_01HX5K3MQVN8 --snapshot 3",
      ],
      exits: { 0: "printed as JSON", 1: "there is none", 2: "the store cannot be used" },
    });
  },
  async run(command: Command, io) {
    const [id = ""] = command.args;
    const { storage, snapshot, json } = command.optsWithGlobals<Options>();
    return withStore(storage, io, async ({ snapshots, tasks }) => {
      if (snapshot !== undefined) {
        const found = await snapshots.get(id, snapshot === true ? undefined : snapshot);
        if (found !== undefined) {
          await io.print(recordJson(found, json === true));
          return exitCodes.ok;
        }
      } else {
        const [task, versions] = await Promise.all([tasks.get(id), snapshots.listVersions(id)]);
        if (task !== undefined || versions.length > 0) {
          await io.print(recordJson({ ...task, snapshots: versions }, json === true));
          return exitCodes.ok;
        }
      }
      fail(
        io,
        `there is no ${snapshot === undefined ? "task" : "snapshot of a task"} ${id} in the store`,
        "asap:task/not_found",
      );
      return exitCodes.findings;
    });
  },
};
