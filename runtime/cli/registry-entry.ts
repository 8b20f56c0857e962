import type { Command } from "commander";
import { judgeManifest } from "../discovery/manifest.js";
import { isAsapError } from "../error.js";
import { entryFromManifest } from "../registry.js";
import { addNotes, type CliCommand } from "./command.js";
import { parseDocument } from "./json-document.js";
import { exitCodes, fail } from "./output.js";
import { isUrl, readSource } from "./read-source.js";

const wellKnownPath = "/.well-known/asap/manifest.json";

/** A base URL stands for the manifest served there; any other URL for itself. */
function manifestUrlOf(source: string): string {
  const url = new URL(source);
  return url.pathname === "/" ? `${url.origin}${wellKnownPath}` : url.href;
}

/** `asap registry entry`: makes a registry entry from a manifest. */
export const command: CliCommand = {
  configure(command) {
    command.argument("<manifest>", "URL of a manifest or of an agent, file, or - for standard input");
    addNotes(command, {
      examples: [
        "registry entry http://localhost:8000/.well-known/asap/manifest.json",
        "registry entry http://localhost:8000",
        "registry entry manifest.json",
      ],
      exits: { 0: "the entry is printed", 1: "the manifest is not valid", 2: "could not be read" },
    });
  },
  async run(command: Command, io) {
    const [given = "-"] = command.args;
    if (isUrl(given) && !URL.canParse(given)) command.error(`${given} is not a URL`);
    const source = isUrl(given) ? manifestUrlOf(given) : given;
    const document = parseDocument(await readSource(source, io));
    try {
      const manifest = judgeManifest(document.ok ? document.value : undefined, source);
      const options = isUrl(source) ? { manifestUrl: source } : {};
      await io.print(JSON.stringify(entryFromManifest(manifest, options), null, 2));
      return exitCodes.ok;
    } catch (cause) {
      if (!isAsapError(cause)) throw cause;
      fail(io, cause.message, cause.code);
      return exitCodes.findings;
    }
  },
};
