import { existsSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { CheckResult, Difference, GenerateResult } from "../../codegen/index.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { type CliIo, exitCodes, fail } from "./output.js";
import { findPackage } from "./package-root.js";

interface Options extends GlobalOptions {
  readonly spec?: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly force?: boolean;
  readonly watch?: boolean;
}

interface Target {
  readonly spec: string;
  readonly out: string;
}

const protocolFile = "protocol.json";
const mostDiffLines = 40;

function targetOf(options: Options, io: CliIo): Target {
  const own = join(io.cwd, "spec");
  const standard = existsSync(join(own, protocolFile)) ? own : join(findPackage().root, "spec");
  return {
    spec: options.spec === undefined ? standard : resolve(io.cwd, options.spec),
    out: resolve(io.cwd, options.out ?? "generated"),
  };
}

const count = (number: number, noun: string): string => `${number} ${number === 1 ? noun : `${noun}s`}`;

function shown(path: string, io: CliIo): string {
  const inner = relative(io.cwd, path);
  return inner.startsWith("..") ? path : inner || ".";
}

function resultLine(result: GenerateResult, { out }: Target, io: CliIo): string {
  const { written, deleted, unchanged, files, ms } = result;
  const parts = `${written.length} written, ${deleted.length} deleted, ${unchanged.length} unchanged`;
  return `${shown(out, io)}: ${count(files.length, "file")} in ${Math.round(ms)} ms: ${parts}`;
}

function differenceText({ file, kind, diff }: Difference, paint: (line: string) => string): string {
  const lines = diff.trimEnd().split("\n");
  const rest = lines.length - mostDiffLines;
  const told = lines.slice(0, mostDiffLines).map(paint);
  return [`${kind}: ${file}`, ...told, ...(rest > 0 ? [`(${count(rest, "further line")})`] : [])].join("\n");
}

function checkText({ ok, differences }: CheckResult, { out }: Target, io: CliIo): string {
  if (ok) return `${shown(out, io)}: current`;
  const paint = (line: string): string => {
    const code = { "-": 31, "+": 32, "@": 36 }[line.charAt(0)];
    return io.colour && code !== undefined ? `\u001b[${code}m${line}\u001b[0m` : line;
  };
  const real = differences.filter(({ kind }) => kind !== "header");
  const headers = differences.filter(({ kind }) => kind === "header");
  const files = headers.map(({ file }) => `  ${file}`).join("\n");
  const blocks = [
    ...real.map((difference) => differenceText(difference, paint)),
    headers.length === 0
      ? ""
      : `other only in the hash of the spec: ${count(headers.length, "file")}${real.length === 0 ? `\n${files}` : ""}`,
    `${shown(out, io)}: not current: ${count(differences.length, "file")} differ; run \`asap generate\``,
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

async function failSpec(cause: unknown, json: boolean, io: CliIo): Promise<number> {
  const { CodegenError, lineOf } = await import("../../codegen/index.js");
  if (!(cause instanceof CodegenError)) throw cause;
  if (json) await io.print(JSON.stringify({ problems: cause.problems }));
  for (const problem of cause.problems) fail(io, lineOf(problem), "spec");
  return exitCodes.findings;
}

async function watchSpec(target: Target, json: boolean, io: CliIo): Promise<number> {
  const { watch } = await import("../../codegen/index.js");
  const stopped = io.stopped();
  const watching = watch({
    ...target,
    onResult: (result) => void io.print(json ? JSON.stringify(result) : resultLine(result, target, io)),
    onError: (cause) => {
      failSpec(cause, json, io).catch((other: Error) => fail(io, other.message, "asap:rpc/internal_error"));
    },
  });
  await stopped;
  await watching.close();
  return exitCodes.ok;
}

/** `asap generate`: writes code from a spec. */
export const command: CliCommand = {
  configure(command) {
    command
      .option(
        "--spec <folder>",
        `folder of the spec (default: ./spec if it holds ${protocolFile}, else the spec of this package)`,
      )
      .option("--out <folder>", "folder of the output (default: ./generated)")
      .option("--check", "write nothing; show where the output is not what the spec makes of it")
      .addOption(
        new Option("--watch", "generate again after every change of the spec, until stopped").conflicts("check"),
      )
      .addOption(new Option("--force", "generate although nothing seems to have changed").conflicts("check"));
    addNotes(command, {
      examples: ["generate", "generate --check", "generate --spec my-spec --out src/generated --watch"],
      exits: {
        0: "done; with --check: the output is current",
        1: "the spec has faults and nothing was written; with --check: the output is not current",
        2: "the folder of the spec could not be read, or the output not written",
      },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const { json = false } = options;
    const target = targetOf(options, io);
    if (statSync(target.spec, { throwIfNoEntry: false })?.isDirectory() !== true) {
      fail(io, `cannot read ${shown(target.spec, io)}: it is no folder`, "asap:config/invalid_option");
      return exitCodes.couldNotRun;
    }
    if (options.watch) return watchSpec(target, json, io);
    const { check, generate } = await import("../../codegen/index.js");
    try {
      if (!options.check) {
        const result = await generate({ ...target, force: options.force === true });
        await io.print(json ? JSON.stringify(result) : resultLine(result, target, io));
        return exitCodes.ok;
      }
      const result = await check(target);
      await io.print(json ? JSON.stringify(result) : checkText(result, target, io));
      return result.ok ? exitCodes.ok : exitCodes.findings;
    } catch (cause) {
      return failSpec(cause, json, io);
    }
  },
};
