import type { CaseResult, Report } from "../report.js";
import { evidenceOf, plain } from "./evidence.js";
import {
  conclusionOf,
  entryText,
  findingCount,
  findingsOf,
  many,
  noVerdict,
  outcomeNames,
  outdatedIn,
  profileNames,
  type ReportOptions,
  tallyOf,
} from "./verdict.js";

/** Options of {@link renderMarkdown}. */
export interface MarkdownOptions extends ReportOptions {
  /** Bytes that the page may have; findings that do not fit are left out, and counted. 1000000 unless set. */
  readonly maxBytes?: number;
}

const wire = new Set(["token", "sent", "received", "frames", "arrived", "again"]);
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Text in one line that Markdown and HTML take as it is. */
const inline = (text: string): string =>
  plain(text)
    .replace(/[\n\t]+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]()#+.!|~@-]/g, (char) => `\\${char}`);

/** Text in a block of code whose fence is longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${plain(text)}\n${fence}`;
}

/** The report as Markdown for the summary of a job: the verdict, the profiles, and each finding with its bytes folded. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const { maxBytes = 1_000_000 } = options;
  const { target, suite } = report;
  const agent = target.agentId === null ? "" : ` (${inline(`${target.agentId} ${target.agentVersion ?? ""}`.trim())})`;
  const head = [
    `## ASAP conformance: ${verdictLine(report, options)}`,
    `${inline(target.name)}${agent}, suite ${suite.name} ${inline(suite.version)}, protocol ${inline(suite.protocol)}`,
    `${inline(tallyOf(report))}, in ${(report.durationMs / 1000).toFixed(1)} s`,
    profileTable(report),
  ].filter((part) => part !== "");
  const tail = [
    ...listOf("Baseline", outdatedIn(report).map(entryText)),
    ...listOf("Known failures", report.cases.filter(({ outcome }) => outcome === "known").map(knownText)),
    ...listOf("Notes", report.notes),
  ];
  const told = findingsOf(report);
  const left = `\n\n_${many(told.length, "finding")} in all; those that did not fit are in the other reports._`;
  const budget = maxBytes - [...head, ...tail].reduce((sum, part) => sum + bytesOf(part) + 2, 0) - bytesOf(left) - 100;
  let used = 0;
  let kept = 0;
  const findings: string[] = [];
  for (const result of told) {
    const text = findingText(result);
    used += bytesOf(text) + 2;
    if (used > budget) break;
    findings.push(text);
    kept += 1;
  }
  const cut = kept < told.length ? [left.trim()] : [];
  const title = told.length === 0 ? [] : ["### Findings"];
  const page = `${[...head, ...title, ...findings, ...cut, ...tail].join("\n\n")}\n`;
  return page;
}

function verdictLine(report: Report, options: ReportOptions): string {
  const conclusion = conclusionOf(report, options);
  if (conclusion === "not-judged") return `n/a, ${inline(noVerdict(report))}`;
  if (conclusion === "findings") return `❌ ${many(Math.max(1, findingCount(report, options)), "finding")}`;
  return "✅ conforms";
}

function profileTable({ profiles }: Report): string {
  if (profiles.length === 0) return "";
  const rows = profiles.map(({ profile, verdict, because, counts }) => {
    const cells = [counts.pass, counts.fail, counts.warn, counts.flaky, counts.known, counts.notApplicable];
    return `| ${[profile, profileNames[verdict], ...cells, inline(because)].join(" | ")} |`;
  });
  const columns = ["Profile", "Verdict", "Pass", "Fail", "Warn", "Flaky", "Known", "n/a", "Because"];
  return [`| ${columns.join(" | ")} |`, `|${" --- |".repeat(columns.length)}`, ...rows].join("\n");
}

function findingText(result: CaseResult): string {
  const { id, title, level, outcome } = result;
  const rows = evidenceOf(result);
  const lines = rows.filter(([name]) => !wire.has(name)).map(([name, text]) => `- ${name}: ${inline(text)}`);
  const bytes = rows.filter(([name]) => wire.has(name)).map(([name, text]) => `${name}\n${fenced(text)}`);
  const folded =
    bytes.length === 0 ? [] : ["", "<details><summary>On the wire</summary>", "", bytes.join("\n\n"), "", "</details>"];
  return [`#### ${outcomeNames[outcome]} (${level}): ${inline(id)}`, "", inline(title), "", ...lines, ...folded].join(
    "\n",
  );
}

const knownText = ({ id, known }: CaseResult): string =>
  `${id}${known === undefined ? "" : ` (until ${known.expires}: ${known.reason}${known.issue === undefined ? "" : `, ${known.issue}`})`}`;

const listOf = (title: string, texts: readonly string[]): string[] =>
  texts.length === 0 ? [] : [`### ${title}`, texts.map((text) => `- ${inline(text)}`).join("\n")];
