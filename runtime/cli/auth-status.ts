import type { Command } from "commander";
import { describeLogin, factsOf } from "./auth-session.js";
import { keptLogins, type LoginWanted, storePath } from "./auth-store.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { exitCodes } from "./output.js";
import { failPeer, jsonText } from "./peer-command.js";

interface Options extends GlobalOptions, LoginWanted {
  readonly store?: string;
}

/** `asap auth status`: prints who is logged in where. */
export const command: CliCommand = {
  configure(command) {
    command
      .option("--issuer <url>", "logins at this issuer alone")
      .option("--client-id <id>", "logins of this client alone")
      .option("--store <file>", "where tokens are kept");
    command.addHelpText("after", "\nAsks nobody, and prints no token.");
    addNotes(command, {
      examples: ["auth status", "auth status --issuer https://login.example --json"],
      exits: { 0: "the logins are printed", 1: "nobody is logged in", 2: "the tokens cannot be read" },
    });
  },
  async run(command: Command, io) {
    const { store, json, issuer, clientId } = command.optsWithGlobals<Options>();
    try {
      const logins = await keptLogins(storePath(store, io), { issuer, clientId });
      const facts = logins.map((login) => factsOf(login, Date.now()));
      const lines = facts.length === 0 ? ["nobody is logged in"] : facts.map(describeLogin);
      await io.print(json ? jsonText(facts, true) : lines.join("\n"));
      return facts.length === 0 ? exitCodes.findings : exitCodes.ok;
    } catch (cause) {
      return failPeer(cause, io);
    }
  },
};
