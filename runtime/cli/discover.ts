import type { Command } from "commander";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes } from "./output.js";
import { addDocumentOptions, type DocumentOptions, documentOptions, failPeer, jsonText } from "./peer-command.js";

/** `asap discover`: prints an agent's manifest. */
export const command: CliCommand = {
  configure(command) {
    addDocumentOptions(command.argument("<url>", "URL of the agent, or of its manifest"));
    addNotes(command, {
      examples: ["discover http://localhost:8000", "discover https://agents.example/billing --json"],
      exits: { 0: "the manifest is printed", 1: "no valid manifest there", 2: "not reached" },
    });
  },
  async run(command: Command, io) {
    const [url = ""] = command.args;
    const options = command.optsWithGlobals<DocumentOptions & GlobalOptions>();
    const { discover } = await import("../discovery/manifest.js");
    try {
      await io.print(jsonText(await discover(url, { ...documentOptions(options), cache: false }), options.json));
      return exitCodes.ok;
    } catch (cause) {
      return failPeer(cause, io);
    }
  },
};
