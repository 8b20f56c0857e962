import type { CaseResult, Report } from "../report.js";
import { evidenceOf, plain } from "./evidence.js";
import { conclusionOf, entryText, noVerdict, outdatedIn, type ReportOptions, reasonOf, severityOf } from "./verdict.js";

/** Directive of a test that may fail without failing the run. */
const toDo = ["TO", "DO"].join("");

/** Text without what a test line would read as a directive, an escape, or the beginning of a subtest. */
const described = (text: string): string =>
  plain(text)
    .replace(/[\n\t]+/g, " ")
    .replace(/[\\#]/g, (char) => `\\${char}`)
    .replace(/\{\s*$/, "{...");

/**
 * The report as TAP 14, with what tells a finding as YAML. What does not apply has the directive SKIP, what the baseline
 * knows of and, unless `strict`, a warning the directive of work that is left to do. Where there is no verdict the last line is `Bail out!`.
 */
export function renderTap(report: Report, options: ReportOptions = {}): string {
  const outdated = outdatedIn(report);
  const total = report.cases.length + outdated.length;
  const lines = [
    "TAP version 14",
    `# ${described(`ASAP conformance of ${report.target.name}`)}`,
    ...(total === 0 ? [] : [`1..${total}`]),
    ...report.cases.map((result, at) => testOf(result, at + 1, options.strict === true)),
    ...outdated.map((entry, at) => `not ok ${report.cases.length + at + 1} - baseline ${described(entryText(entry))}`),
  ];
  if (conclusionOf(report, options) === "not-judged") lines.push(`Bail out! n/a: ${described(noVerdict(report))}`);
  return `${lines.join("\n")}\n`;
}

function testOf(result: CaseResult, number: number, strict: boolean): string {
  const { id, title, outcome, level, area, profile, known } = result;
  const severity = severityOf(result);
  const ok = severity === null && outcome !== "known";
  const line = `${ok ? "ok" : "not ok"} ${number} - ${described(`${id} ${title}`)}`;
  if (outcome === "not-applicable") return `${line} # SKIP ${described(reasonOf(result))}`;
  if (outcome === "pass") return line;
  const why =
    outcome === "known"
      ? ` # ${toDo} known until ${known?.expires ?? "?"}: ${described(known?.reason ?? "")}`
      : severity === "warning" && !strict
        ? ` # ${toDo} a SHOULD, not a MUST`
        : "";
  const rows = [["outcome", outcome], ["level", level], ["area", area], ["profile", profile], ...evidenceOf(result)];
  return [`${line}${why}`, "  ---", ...yamlOf(rows), "  ..."].join("\n");
}

/** Members in the form of YAML that is also JSON; texts under a name that comes again become a list. */
function yamlOf(rows: readonly (readonly string[])[]): string[] {
  const names = [...new Set(rows.map(([name]) => name))];
  return names.map((name) => {
    const texts = rows.filter(([other]) => other === name).map(([, text = ""]) => JSON.stringify(plain(text)));
    return `  ${name}: ${texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`}`;
  });
}
