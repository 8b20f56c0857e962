import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { type CliIo, exitCodes, fail } from "./output.js";
import { findPackage } from "./package-root.js";

interface Options extends GlobalOptions {
  readonly spec?: string;
  readonly out?: string;
}

const protocolFile = "protocol.json";

function specOf(options: Options, io: CliIo): string {
  if (options.spec !== undefined) return resolve(io.cwd, options.spec);
  const own = join(io.cwd, "spec");
  return existsSync(join(own, protocolFile)) ? own : join(findPackage().root, "spec");
}

/** `asap generate`: writes code from a spec. */
export const command: CliCommand = {
  configure(command) {
    command
      .option(
        "--spec <folder>",
        `folder of the spec (default: ./spec if it holds ${protocolFile}, else the spec of this package)`,
      )
      .option("--out <folder>", "folder of the output (default: ./generated)");
    addNotes(command, {
      examples: ["generate", "generate --spec my-spec --out src/generated"],
      exits: { 0: "done", 1: "the spec has faults; nothing was written", 2: "the spec could not be read" },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const spec = specOf(options, io);
    const out = resolve(io.cwd, options.out ?? "generated");
    if (!existsSync(join(spec, protocolFile))) {
      fail(io, `there is no ${protocolFile} in ${spec}`, "asap:config/invalid_option");
      return exitCodes.couldNotRun;
    }
    const { CodegenError, generate } = await import("../../codegen/index.js");
    try {
      const result = await generate({ spec, out });
      await io.print(options.json ? JSON.stringify(result) : `${result.files.length} files`);
      return exitCodes.ok;
    } catch (cause) {
      if (!(cause instanceof CodegenError)) throw cause;
      fail(io, cause.message, "spec");
      return exitCodes.findings;
    }
  },
};
