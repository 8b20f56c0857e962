import type { Command } from "commander";
import type { Level } from "../../conformance/index.js";
import { another, oneOf, wholeNumber } from "./choice.js";
import { addNotes, type CliCommand } from "./command.js";
import { baselineGiven } from "./conformance-baseline.js";
import {
  addReportOptions,
  printReport,
  type ReportCommandOptions,
  reportsHavePlace,
  showProgress,
} from "./conformance-report.js";
import { type CliIo, exitCodes } from "./output.js";
import { seconds } from "./peer-command.js";

interface Options extends ReportCommandOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly level?: Level;
  readonly timeout?: number;
  readonly concurrency?: number;
  readonly reruns?: number;
  readonly baseline?: string;
  readonly list?: boolean;
  readonly scenarios?: boolean;
}

/** `asap conformance client`: judges a client, for which the suite is the agent. */
export const command: CliCommand = {
  configure(command) {
    command
      .usage("[options] -- <command> [arguments...]")
      .argument("[words...]")
      .option(
        "--only <name>",
        "judge cases of this id, scenario, tag or requirement; * stands for anything; may be given again",
        another,
      )
      .option("--skip <name>", "leave out cases named in the same way; may be given again", another)
      .option("--level <level>", "judge the cases of this level alone: MUST or SHOULD", oneOf("MUST", "SHOULD"))
      .option("--timeout <seconds>", "time that the command has for one scenario (default: 20)", seconds)
      .option("--concurrency <number>", "scenarios that run at the same time (default: 4)", wholeNumber(1, 64))
      .option("--reruns <number>", "how often a scenario that failed is run again (default: 1)", wholeNumber(0, 10))
      .option("--baseline <file>", "known failures, as JSON")
      .option("--scenarios", "print what a client must do in each scenario, and run nothing")
      .option("--list", "print the cases, and run nothing");
    addReportOptions(command).option("--verbose", "log each case as it ends");
    addNotes(command, {
      examples: [
        "conformance client -- python driver.py",
        "conformance client --only send --timeout 60 -- java -jar driver.jar --quiet",
        "conformance client --scenarios",
      ],
      exits: { 0: "no MUST is broken", 1: "findings", 2: "could not run: no verdict on the client" },
    });
  },
  async run(command: Command, io, rest) {
    const options = command.optsWithGlobals<Options>();
    const { only, skip, level, timeout, concurrency, reruns } = options;
    const suite = await import("../../conformance/index.js");
    const unknown = suite.unknownClientNames([...(only ?? []), ...(skip ?? [])]);
    if (unknown.length > 0) command.error(`no case, scenario or requirement is called ${unknown.join(", ")}`);
    const [stray] = command.args;
    if (stray !== undefined) command.error(`${stray} stands before --; the command to start comes after it`);
    if (options.scenarios === true) return printScenarios(options, io);
    if (options.list === true) return printCases(options, io);
    if ((rest[0] ?? "") === "") command.error("no command is given; it comes after --");
    const baseline = await baselineGiven(command, options.baseline, io);
    if (!(await reportsHavePlace(options, io))) return exitCodes.couldNotRun;
    const progress = showProgress(io, options.verbose ? (result) => suite.renderCase(result) : undefined);
    const stop = new AbortController();
    void io.stopped({ hangup: true }).then(() => stop.abort());
    const report = await suite
      .judgeClient({
        command: rest,
        env: io.env,
        cwd: io.cwd,
        signal: stop.signal,
        ...(only !== undefined && { only }),
        ...(skip !== undefined && { skip }),
        ...(level !== undefined && { level }),
        ...(timeout !== undefined && { timeoutMs: timeout }),
        ...(concurrency !== undefined && { concurrency }),
        ...(reruns !== undefined && { reruns }),
        ...(baseline !== undefined && { baseline }),
        onCase: progress.onCase,
      })
      .finally(progress.end);
    return printReport(report, options, io);
  },
};

async function printScenarios({ json = false }: Options, io: CliIo): Promise<number> {
  const { scenarioList } = await import("../../conformance/index.js");
  const list = scenarioList();
  if (json) {
    await io.print(JSON.stringify(list, null, 2));
    return exitCodes.ok;
  }
  for (const { name, profile, summary, env } of list) {
    const lines = env.map((variable) => `  ${variable.name}: ${variable.summary}`);
    await io.print([`${name} (${profile})`, `  ${summary.replaceAll("`", "")}`, ...lines, ""].join("\n"));
  }
  return exitCodes.ok;
}

async function printCases(options: Options, io: CliIo): Promise<number> {
  const { chooseClientCases } = await import("../../conformance/index.js");
  const { only = [], skip = [], level = null, json = false } = options;
  const cases = chooseClientCases({ only, skip, level });
  if (json) {
    const list = cases.map(({ scenario, judge: _, area: __, ...one }) => ({ ...one, scenario: scenario.name }));
    await io.print(JSON.stringify(list, null, 2));
    return exitCodes.ok;
  }
  for (const { id, level: own, title, requirements } of cases) {
    await io.print(`${id}  ${own}  ${title} (${requirements.join(", ")})`);
  }
  return exitCodes.ok;
}
