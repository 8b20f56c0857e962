import type { Command } from "commander";
import type { RegistryEntry } from "../../generated/models.js";
import { AsapError } from "../error.js";
import { registryView } from "../registry.js";
import { describeIssues } from "../validation.js";
import { addNotes, type CliCommand, type GlobalOptions, required } from "./command.js";
import { parseDocument } from "./json-document.js";
import { exitCodes } from "./output.js";
import { readSource } from "./read-source.js";

interface Options extends GlobalOptions {
  readonly skill?: string;
}

const line = ({ id, name, endpoints }: RegistryEntry): string =>
  [id, name, endpoints["http"] ?? endpoints["ws"] ?? "-"].map((text) => text.replace(/\s+/g, " ")).join("\t");

/** `asap registry find`: finds the agents that offer a skill. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<source>", "file, URL, or - for standard input")
      .option("--skill <skill>", "required: id of the skill, compared exactly");
    addNotes(command, {
      examples: [
        "registry find --skill translate registry.json",
        "registry find --skill translate https://asap-protocol.github.io/registry/registry.json --json",
      ],
      exits: { 0: "found; each agent on a line: id, name, URL", 1: "no agent offers it", 2: "could not be read" },
    });
  },
  async run(command: Command, io) {
    const [source = "-"] = command.args;
    const { json, ...given } = command.optsWithGlobals<Options>();
    const skill = required(command, "--skill <skill>", given.skill);
    const document = parseDocument(await readSource(source, io));
    if (!document.ok) {
      throw new AsapError("asap:discovery/registry_invalid", { message: `the registry is ${document.reason}` });
    }
    const view = registryView(document.value, source);
    for (const { pointer, issues } of view.skipped) io.log(`asap: left out ${pointer}: ${describeIssues(issues)}`);
    const found = view.findBySkill(skill);
    if (json) await io.print(JSON.stringify(found, null, 2));
    else for (const agent of found) await io.print(line(agent));
    return found.length > 0 ? exitCodes.ok : exitCodes.findings;
  },
};
