import type { Command } from "commander";
import type { MovedKind, MoveProgress, StateKind } from "../state/move.js";
import type { StateStore } from "../state/state-store.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { barOf, isSame, movedLine } from "./move-report.js";
import { exitCodes } from "./output.js";
import { jsonText } from "./peer-command.js";
import { failState, openExisting, openNamed } from "./state-store.js";

/** How far a move is: `snapshots [######------] 50 %, 500 of 1000`. */
export const progressBar = (progress: MoveProgress): string => barOf(progress);

/** `asap state migrate`: copies one store to another. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<from>", "store to copy: sqlite:PATH, postgres://… or redis://…")
      .argument("<to>", "store to copy to; what it has already is not written again, what is newer there stays");
    command.addHelpText(
      "after",
      `
Stop the agents that use either store first. A run that was interrupted is taken up by running it again. In the end both
stores are read again and compared. Passwords may stay out of the command line: PGPASSWORD is read for Postgres.`,
    );
    addNotes(command, {
      examples: [
        "state migrate sqlite:./asap_state.db postgres://localhost/asap",
        "state migrate postgres://localhost/asap redis://127.0.0.1:6379",
      ],
      exits: {
        0: "all records are in the target",
        1: "the stores are not equal, or a record is newer in the target",
        2: "a store cannot be used",
      },
    });
  },
  async run(command: Command, io) {
    const [from = "", to = ""] = command.args;
    const { json } = command.optsWithGlobals<GlobalOptions>();
    const { moveState } = await import("../state/move.js");
    const opened: StateStore[] = [];
    try {
      opened.push(await openExisting(from, io));
      opened.push(await openNamed(to, io));
      const [source, target] = opened as [StateStore, StateStore];
      const moved = await moveState(source, target, { onProgress: (progress) => io.status(progressBar(progress)) });
      io.status("");
      const kinds = Object.entries(moved) as [StateKind, MovedKind][];
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
