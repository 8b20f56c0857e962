import type { CaseResult, Report } from "../report.js";
import { evidenceText, plain } from "./evidence.js";
import { conclusionOf, entryText, noVerdict, outdatedIn, type ReportOptions, reasonOf, severityOf } from "./verdict.js";

const maxOut = 8000;

/** Text and attribute values: what XML reserves, and in attributes also what a parser would make a space. */
const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
};
const xmlText = (text: string): string => plain(text).replace(/[&<>]/g, (char) => escapes[char] ?? char);
const xmlValue = (text: string): string => plain(text).replace(/[&<>"\n\t]/g, (char) => escapes[char] ?? char);

interface Entry {
  readonly name: string;
  readonly classname: string;
  readonly ms: number;
  readonly kind: "pass" | "failure" | "error" | "skipped";
  readonly message: string;
  readonly type: string;
  readonly body: string;
}

/**
 * The report as JUnit XML, one test suite for each area. A broken MUST is a failure, a case that could not be judged an
 * error, one that does not apply or fails as the baseline says is skipped; a warning passes and says so in its output, with
 * `strict` it is a failure. The run as a whole is an error where there is no verdict.
 */
export function renderJunit(report: Report, options: ReportOptions = {}): string {
  const { strict = false } = options;
  const areas = [...new Set(report.cases.map(({ area }) => area))];
  const suites = areas.map((area) => ({
    name: area,
    entries: report.cases.filter((result) => result.area === area).map((result) => entryOf(result, strict)),
  }));
  const outdated = outdatedIn(report).map((entry): Entry => {
    const message = entryText(entry);
    return {
      name: entry.id,
      classname: "asap.baseline",
      ms: 0,
      kind: "failure",
      message,
      type: entry.state,
      body: message,
    };
  });
  if (outdated.length > 0) suites.push({ name: "baseline", entries: outdated });
  if (conclusionOf(report, options) === "not-judged") {
    const message = `n/a: ${noVerdict(report)}`;
    const run: Entry = {
      name: "verdict",
      classname: "asap.run",
      ms: 0,
      kind: "error",
      message,
      type: "not-judged",
      body: message,
    };
    suites.push({ name: "run", entries: [run] });
  }
  const all = suites.flatMap(({ entries }) => entries);
  const head = `<testsuites name="${xmlValue(`ASAP conformance of ${report.target.name}`)}" ${totals(all)} time="${seconds(report.durationMs)}">`;
  const body = suites.map(({ name, entries }, at) => suite(report, name, entries, at));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...body].join("\n")}\n</testsuites>\n`;
}

function suite(report: Report, name: string, entries: readonly Entry[], at: number): string {
  const ms = entries.reduce((sum, entry) => sum + entry.ms, 0);
  const timestamp = report.startedAt.replace(/(?:\.\d+)?Z$/, "");
  const counted = `${totals(entries)} skipped="${entries.filter(({ kind }) => kind === "skipped").length}"`;
  const head = `  <testsuite id="${at}" name="${xmlValue(name)}" package="asap" ${counted} time="${seconds(ms)}" timestamp="${timestamp}" hostname="localhost">`;
  const values: Readonly<Record<string, string>> = {
    target: report.target.name,
    agent: report.target.agentId ?? "",
    suite: `${report.suite.name} ${report.suite.version}`,
    protocol: report.suite.protocol,
  };
  const properties = Object.entries(values).map(
    ([key, value]) => `      <property name="${key}" value="${xmlValue(value)}"/>`,
  );
  return [
    head,
    "    <properties>",
    ...properties,
    "    </properties>",
    ...entries.map(testcase),
    "  </testsuite>",
  ].join("\n");
}

function testcase({ name, classname, ms, kind, message, type, body }: Entry): string {
  const head = `    <testcase name="${xmlValue(name)}" classname="${xmlValue(classname)}" time="${seconds(ms)}"`;
  if (kind === "pass" && body === "") return `${head}/>`;
  if (kind === "pass") return `${head}>\n      <system-out>${xmlText(body)}</system-out>\n    </testcase>`;
  if (kind === "skipped") return `${head}>\n      <skipped>${xmlText(message)}</skipped>\n    </testcase>`;
  const attributes = `message="${xmlValue(message)}" type="${xmlValue(type)}"`;
  return `${head}>\n      <${kind} ${attributes}>${xmlText(body)}</${kind}>\n    </testcase>`;
}

function entryOf(result: CaseResult, strict: boolean): Entry {
  const { id, area, outcome, level, title, expected, reason, known, elapsedMs } = result;
  const base = { name: id, classname: `asap.${area}`, ms: elapsedMs, type: level };
  const severity = severityOf(result);
  const body = severity === null ? "" : `${title}\n${evidenceText(result)}`.slice(0, maxOut);
  const message = expected ?? reason ?? title;
  if (outcome === "not-applicable") return { ...base, kind: "skipped", message: reasonOf(result), body };
  if (outcome === "known")
    return { ...base, kind: "skipped", message: `known until ${known?.expires ?? "?"}: ${known?.reason ?? ""}`, body };
  if (outcome === "error") return { ...base, kind: "error", message, type: "error", body };
  if (severity === "error" || (strict && severity === "warning"))
    return { ...base, kind: "failure", message, type: outcome === "flaky" ? "flaky" : level, body };
  return { ...base, kind: "pass", message, body: severity === "warning" ? `warning: ${body}` : "" };
}

const totals = (entries: readonly Entry[]): string => {
  const of = (kind: Entry["kind"]) => entries.filter((entry) => entry.kind === kind).length;
  return `tests="${entries.length}" failures="${of("failure")}" errors="${of("error")}"`;
};

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
