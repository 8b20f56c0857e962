import type { Command } from "commander";
import { isAsapError } from "../error.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes } from "./output.js";
import { addDocumentOptions, type DocumentOptions, documentOptions, failPeer, jsonText } from "./peer-command.js";

/** `asap health`: prints how an agent fares. */
export const command: CliCommand = {
  configure(command) {
    addDocumentOptions(command.argument("<url>", "URL of the agent"));
    addNotes(command, {
      examples: ["health http://localhost:8000", "health http://localhost:8000 --json"],
      exits: { 0: "healthy", 1: "unhealthy, or no valid health there", 2: "not reached" },
    });
  },
  async run(command: Command, io) {
    const [url = ""] = command.args;
    const options = command.optsWithGlobals<DocumentOptions & GlobalOptions>();
    const { healthCheck } = await import("../discovery/health.js");
    try {
      await io.print(jsonText(await healthCheck(url, documentOptions(options)), options.json));
      return exitCodes.ok;
    } catch (cause) {
      const health = isAsapError(cause) ? cause.data["health"] : undefined;
      if (health !== undefined) await io.print(jsonText(health, options.json));
      return failPeer(cause, io);
    }
  },
};
