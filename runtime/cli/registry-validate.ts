import type { Command } from "commander";
import {
  formatRegistryGithub,
  formatRegistryJson,
  formatRegistrySarif,
  formatRegistryText,
  type RegistryReport,
  validateRegistry,
} from "../registry.js";
import { oneOf } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { type CliIo, exitCodes } from "./output.js";
import { findPackage } from "./package-root.js";
import { readSource } from "./read-source.js";
import { sourceLabel } from "./source-label.js";

type Format = "text" | "json" | "github" | "sarif";

interface Options extends GlobalOptions {
  readonly strict?: boolean;
  readonly format?: Format;
}

function format(report: RegistryReport, source: string, kind: Format, io: CliIo): string {
  switch (kind) {
    case "json":
      return formatRegistryJson(report, source);
    case "github":
      return formatRegistryGithub(report, sourceLabel(source, io));
    case "sarif":
      return formatRegistrySarif(report, sourceLabel(source, io), { toolVersion: findPackage().version });
    case "text":
      return formatRegistryText(report, source === "-" ? "stdin" : source, { colour: io.colour });
  }
}

/** `asap registry validate`: checks a registry and reports every fault. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<source>", "file, URL, or - for standard input")
      .option("--strict", "exactly the published six-field form, with an object at the root")
      .option(
        "--format <format>",
        "text, json, github (workflow commands) or sarif",
        oneOf("text", "json", "github", "sarif"),
      );
    addNotes(command, {
      examples: [
        "registry validate registry.json",
        "registry validate https://asap-protocol.github.io/registry/registry.json",
        "registry validate registry.json --strict --format github",
        "registry validate registry.json --format sarif > registry.sarif",
      ],
      exits: { 0: "valid; there may be warnings", 1: "invalid, also when it is not JSON", 2: "could not be read" },
    });
  },
  async run(command: Command, io) {
    const [source = "-"] = command.args;
    const { strict = false, format: kind, json } = command.optsWithGlobals<Options>();
    const report = validateRegistry(await readSource(source, io), { strict });
    const text = format(report, source, kind ?? (json ? "json" : "text"), io);
    if (text !== "") await io.print(text);
    return report.valid ? exitCodes.ok : exitCodes.findings;
  },
};
