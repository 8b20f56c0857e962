import type { Command } from "commander";
import type {
  DocumentCase,
  DocumentKind,
  ExplainedDocumentCase,
  Level,
  RegistryForm,
  Report,
} from "../../conformance/index.js";
import { another, oneOf } from "./choice.js";
import { addNotes, type CliCommand } from "./command.js";
import { baselineGiven } from "./conformance-baseline.js";
import { addReportOptions, printReport, type ReportCommandOptions, showProgress } from "./conformance-report.js";
import { type CliIo, exitCodes } from "./output.js";
import { header, seconds } from "./peer-command.js";
import { isUrl, readSource } from "./read-source.js";

interface Options extends ReportCommandOptions {
  readonly form?: RegistryForm;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly level?: Level;
  readonly tag?: readonly string[];
  readonly list?: boolean;
  readonly explain?: string;
  readonly baseline?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly timeout?: number;
}

/** The command that judges documents of one kind. */
export const documentCommand = (kind: DocumentKind): CliCommand => ({
  configure(command) {
    command.argument("[source]", "file, URL, or - for standard input");
    if (kind === "registry")
      command.option(
        "--form <form>",
        "published, or later to allow an array at the root and members of other names (default: published)",
        oneOf("published", "later"),
      );
    command
      .option(
        "--only <name>",
        "run cases of this id, area or requirement; * stands for anything; may be given again",
        another,
      )
      .option("--skip <name>", "leave out cases named like that; may be given again", another)
      .option("--level <level>", "cases of this level alone: MUST or SHOULD", oneOf("MUST", "SHOULD"))
      .option("--tag <tag>", "cases with this tag alone: generated", (value) => [oneOf("generated")(value)])
      .option("--list", "print the chosen cases, and run nothing")
      .option("--explain <id>", "print what a case holds, and run nothing")
      .option("--baseline <file>", "known failures, as JSON: id, reason and last day of each")
      .option("--header <name: value>", "HTTP header to send to a URL; may be given again", header)
      .option("--timeout <seconds>", "longest wait for a URL (default: 30)", seconds)
      .option("--verbose", "log each case as it ends");
    addReportOptions(command);
    addNotes(command, notes[kind]);
  },
  run: (command, io) => judge(kind, command, io),
});

const exits = { 0: "no MUST is broken", 1: "findings", 2: "could not run: the document could not be read" };
const notes = {
  registry: {
    examples: [
      "conformance registry registry.json",
      "conformance registry https://agents.example/registry.json --form later",
      "conformance registry registry.json --report registry.sarif --report badge.svg",
      "conformance registry --list",
      "conformance registry --explain registry-document.entry.id.form",
    ],
    exits,
  },
  manifest: {
    examples: [
      "conformance manifest manifest.json",
      "conformance manifest http://localhost:8000/.well-known/asap/manifest.json",
    ],
    exits,
  },
} as const;

async function judge(kind: DocumentKind, command: Command, io: CliIo): Promise<number> {
  const [source] = command.args;
  const options = command.optsWithGlobals<Options>();
  const { form, only = [], skip = [], level, tag = [], header: headers, timeout, json = false } = options;
  const { documentCases, explainDocumentCase, selectCases, unmatched } = await import("../../conformance/index.js");
  const cases = documentCases.filter(({ area }) => area === `${kind}-document`);
  for (const name of unmatched(cases, [...only, ...skip])) command.error(`no case is called ${name}`);
  if (options.list === true) {
    const chosen = selectCases(cases, { only, skip, level: level ?? null, tags: tag });
    await io.print(json ? JSON.stringify(chosen.map(listed), null, 2) : listText(chosen));
    return exitCodes.ok;
  }
  if (options.explain !== undefined) {
    const isOther = documentCases.some(({ id, area }) => id === options.explain && area !== `${kind}-document`);
    if (isOther) command.error(`--explain ${options.explain}: that is a case of conformance ${other[kind]}`);
    const one = await explainDocumentCase(options.explain);
    if (one === undefined) return command.error(`--explain ${options.explain}: no case is called that`);
    await io.print(json ? JSON.stringify(one, null, 2) : explainedText(one));
    return exitCodes.ok;
  }
  if (source === undefined) return command.error("missing required argument 'source'");
  const { documentUnread, judgeManifest, judgeRegistry, renderCase } = await import("../../conformance/index.js");
  const baseline = await baselineGiven(command, options.baseline, io);
  if (isUrl(source) && !URL.canParse(source)) command.error(`${source} is no URL`);
  if (isUrl(source) && (new URL(source).username !== "" || new URL(source).password !== ""))
    command.error("the URL holds credentials; give them with --header");
  const document = isUrl(source) ? new URL(source) : await readSource(source, io).catch((cause: Error) => cause);
  const name = source === "-" ? "stdin" : source;
  if (document instanceof Error) return printReport(await documentUnread(kind, name, document.message), options, io);
  const progress = showProgress(io, options.verbose ? (result) => renderCase(result) : undefined);
  const given = {
    ...(isUrl(source) ? {} : { name }),
    only,
    skip,
    tags: tag,
    ...(level !== undefined && { level }),
    ...(baseline !== undefined && { baseline }),
    ...(headers !== undefined && { headers }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    onCase: progress.onCase,
  };
  const judged: Promise<Report> =
    kind === "manifest"
      ? judgeManifest(document, given)
      : judgeRegistry(document, { ...given, ...(form !== undefined && { form }) });
  return printReport(await judged.finally(progress.end), options, io);
}

const other = { manifest: "registry", registry: "manifest" } as const;

const listed = ({ judge: _, ...told }: DocumentCase) => told;

function listText(cases: readonly DocumentCase[]): string {
  const width = Math.max(0, ...cases.map(({ id }) => id.length));
  const lines = cases.map(
    ({ id, level, title, requirements }) =>
      `${id.padEnd(width)}  ${level.padEnd(6)}  ${title} (${requirements.join(", ")})`,
  );
  return [...lines, `${cases.length} cases`].join("\n");
}

function explainedText({ id, title, level, tags, expected, rules }: ExplainedDocumentCase): string {
  const head = [`${id}: ${title}`, [level, ...tags].join(", "), `Expected: ${expected}`];
  return [...head, "", "Rules", ...rules.map((rule) => `  ${rule.id} ${rule.text} [${rule.source}]`)].join("\n");
}
