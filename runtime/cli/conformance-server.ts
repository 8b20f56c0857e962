import type { Command } from "commander";
import { addNotes, type CliCommand } from "./command.js";
import { exitCodes } from "./output.js";

/** `asap conformance server`: judges an agent by its URL. */
export const command: CliCommand = {
  configure(command) {
    command.argument("<url>", "URL of the agent");
    addNotes(command, {
      examples: ["conformance server http://localhost:8000"],
      exits: { 0: "pass", 1: "findings", 2: "could not run" },
    });
  },
  async run(_command: Command, _io) {
    return exitCodes.couldNotRun;
  },
};
