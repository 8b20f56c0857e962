import { randomUUID } from "node:crypto";
import { access, constants, lstat, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { CaseResult, Report, ReportFormat } from "../../conformance/index.js";
import { nearest } from "../registry/nearest.js";
import { oneOf } from "./choice.js";
import type { GlobalOptions } from "./command.js";
import { type CliIo, exitCodes, fail } from "./output.js";

/** Options of every command that makes a report of conformance. */
export interface ReportCommandOptions extends GlobalOptions {
  readonly format?: ReportFormat;
  readonly report?: readonly ReportFile[];
  readonly strict?: boolean;
  readonly verbose?: boolean;
}

/** A file that a report is written to. */
export interface ReportFile {
  readonly format: ReportFormat;
  readonly path: string;
}

const formats: readonly ReportFormat[] = [
  "text",
  "json",
  "junit",
  "sarif",
  "tap",
  "markdown",
  "html",
  "badge",
  "badge-json",
];
const endings: Readonly<Record<string, ReportFormat>> = {
  txt: "text",
  json: "json",
  xml: "junit",
  sarif: "sarif",
  tap: "tap",
  md: "markdown",
  html: "html",
  svg: "badge",
};

/** A parser for `FORMAT=PATH`, or a path whose ending tells the format; may be given again. */
export function reportFile(value: string, earlier: readonly ReportFile[] = []): readonly ReportFile[] {
  const [, word = "", rest = ""] = /^([a-z][a-z-]*)=(.*)$/s.exec(value) ?? [];
  const named = formats.find((format) => format === word);
  const path = word === "" ? value : rest;
  if (word !== "" && named === undefined) {
    const [like] = nearest(word, formats);
    const hint = like === undefined ? "" : ` Did you mean ${like}?`;
    throw new InvalidArgumentError(`The format must be one of ${formats.join(", ")}.${hint}`);
  }
  const format = named ?? endings[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
  if (path === "" || path === "-" || format === undefined)
    throw new InvalidArgumentError("It must be of the form FORMAT=PATH, or a path whose ending tells the format.");
  if (earlier.some((file) => file.path === path)) throw new InvalidArgumentError("Two reports go to one path.");
  return [...earlier, { format, path }];
}

/** Adds the options that say where reports go and what counts as a finding. */
export function addReportOptions(command: Command): Command {
  return command
    .option("--format <format>", `what is printed: ${formats.join(", ")} (default: text)`, oneOf(...formats))
    .option(
      "--report <format=path>",
      "also write a report to a file; the ending may tell the format; may be given again",
      reportFile,
    )
    .option("--strict", "count warnings as findings");
}

/** What a run calls while it goes on. */
export interface Progress {
  /** A case has ended. */
  readonly onCase: (result: CaseResult, done: number, planned: number) => void;
  /** The run stands still for a rate limit, for so many milliseconds. */
  readonly onWait: (waitMs: number) => void;
  /** The run is over: nothing more is shown. */
  readonly end: () => void;
}

const barWidth = 24;
const everyMs = 50;

/**
 * Shows how far a run is, in one line on a terminal and not at all elsewhere: cases done of those planned, and findings.
 *
 * @param line makes a line of a case, to log each of them with `--verbose`; without it none is logged
 */
export function showProgress(io: CliIo, line?: (result: CaseResult) => string): Progress {
  let findings = 0;
  let shownAt = Number.NEGATIVE_INFINITY;
  let last = "";
  const show = (text: string) => {
    last = text;
    io.status(text);
  };
  return {
    onCase(result, done, planned) {
      if (line !== undefined) io.log(line(result));
      if (["fail", "warn", "flaky", "error"].includes(result.outcome)) findings += 1;
      const now = performance.now();
      if (now - shownAt < everyMs && done < planned) return;
      shownAt = now;
      const full = Math.round((done / Math.max(1, planned)) * barWidth);
      const bar = `${"#".repeat(full)}${"-".repeat(barWidth - full)}`;
      show(`[${bar}] ${done} of ${planned} cases, ${findings} to look at`);
    },
    onWait: (waitMs) =>
      show(`${last.replace(/; waiting.*$/, "")}; waiting ${Math.ceil(waitMs / 1000)} s for a rate limit`),
    end: () => io.status(""),
  };
}

/**
 * Looks, before a long run, whether the reports that the command line asked for have a place, and tells of the first that has
 * none.
 *
 * @returns whether all of them have one
 */
export async function reportsHavePlace({ report: files = [] }: ReportCommandOptions, io: CliIo): Promise<boolean> {
  try {
    for (const file of files) await place(resolve(io.cwd, file.path));
    return true;
  } catch (cause) {
    tellUnwritable(cause, io);
    return false;
  }
}

/** Throws where a file cannot be written for its folder, or since it is one. */
async function place(path: string): Promise<void> {
  try {
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) throw Object.assign(new Error("folder"), { code: "EISDIR" });
    if (there === null || there.isFile()) await access(dirname(await realpath(path).catch(() => path)), constants.W_OK);
  } catch (cause) {
    throw new Unwritable(path, cause as NodeJS.ErrnoException);
  }
}

function tellUnwritable(cause: unknown, io: CliIo): void {
  const { path = "a report", reason = String(cause) } = cause instanceof Unwritable ? cause : {};
  fail(io, `cannot write ${path}: ${reason}`, "asap:config/invalid_option");
}

/**
 * Prints a report and writes the files that the command line asked for.
 *
 * @returns the exit code: that of the report, or 2 when a file cannot be written; nothing is left of it then
 */
export async function printReport(report: Report, options: ReportCommandOptions, io: CliIo): Promise<number> {
  const { exitCode, renderReport, renderText } = await import("../../conformance/index.js");
  const { strict = false, report: files = [] } = options;
  const format = options.format ?? (options.json ? "json" : "text");
  const text =
    format === "text" ? renderText(report, { color: io.colour, strict }) : renderReport(format, report, { strict });
  await io.print(text.trimEnd());
  try {
    await writeAll(files.map((file) => [resolve(io.cwd, file.path), renderReport(file.format, report, { strict })]));
  } catch (cause) {
    tellUnwritable(cause, io);
    return exitCodes.couldNotRun;
  }
  return exitCode(report, { strict });
}

/** A file that could not be written, and why. */
class Unwritable extends Error {
  readonly path: string;
  readonly reason: string;
  constructor(path: string, { code, message }: NodeJS.ErrnoException) {
    super(message);
    this.path = path;
    this.reason = code === undefined ? message : (reasons[code] ?? `${code}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "it cannot be written to",
  ENOSPC: "no space is left",
};

/** Writes each text beside its file first, and puts them all in place when none has failed. */
async function writeAll(files: readonly (readonly [path: string, text: string])[]): Promise<void> {
  const staged: { readonly path: string; readonly from: string; readonly to: string }[] = [];
  try {
    for (const [path, text] of files) {
      const to = await realpath(path).catch(() => path);
      try {
        const there = await lstat(to).catch(() => null);
        if (there?.isDirectory()) throw Object.assign(new Error("folder"), { code: "EISDIR" });
        if (there !== null && !there.isFile()) await writeFile(to, text);
        else {
          const from = `${to}.${randomUUID()}.tmp`;
          staged.push({ path, from, to });
          await writeFile(from, text, { flag: "wx" });
        }
      } catch (cause) {
        throw new Unwritable(path, cause as NodeJS.ErrnoException);
      }
    }
    for (const { path, from, to } of staged) {
      await rename(from, to).catch((cause) => {
        throw new Unwritable(path, cause);
      });
    }
  } finally {
    await Promise.all(staged.map(({ from }) => rm(from, { force: true }).catch(() => {})));
  }
}
