import { type BaselineEntryResult, type CaseOutcome, type CaseResult, isOutdated, type Report } from "../report.js";
import { evidenceText, plain } from "./evidence.js";
import {
  conclusionOf,
  entryText,
  findingsOf,
  noVerdict,
  outcomeNames,
  profileNames,
  type ReportOptions,
  reasonOf,
  tallyOf,
} from "./verdict.js";

/** Options of {@link renderText}. */
export interface TextOptions extends ReportOptions {
  /** Colours for a terminal; false unless set. */
  readonly color?: boolean;
  /** Findings told in full; further ones get one line. 40 unless set. */
  readonly maxDetails?: number;
}

const fewSkipped = 6;

const marks: Record<CaseOutcome, string> = {
  pass: "pass",
  fail: "FAIL",
  warn: "WARN",
  flaky: "FLAKY",
  known: "known",
  "not-applicable": "n/a",
  error: "ERROR",
};
const colors: Record<CaseOutcome, number> = {
  pass: 32,
  fail: 31,
  warn: 33,
  flaky: 33,
  known: 90,
  "not-applicable": 90,
  error: 35,
};
const profileColors = { holds: 32, broken: 31, "not-declared": 90, "not-judged": 35 } as const;

type Paint = (code: number, text: string) => string;

const painter =
  (color: boolean): Paint =>
  (code, text) =>
    color ? `\u001b[${code}m${text}\u001b[0m` : text;

/** The report for people: a line per area and per profile, every finding with what was sent and came back, the counts. */
export function renderText(report: Report, options: TextOptions = {}): string {
  const { color = false, maxDetails = 40, strict = false } = options;
  const paint = painter(color);
  const { target, suite } = report;
  const agent = target.agentId === null ? "" : plain(`agent ${target.agentId} ${target.agentVersion ?? ""}`.trimEnd());
  const head = [
    `ASAP conformance of ${plain(target.name)}`,
    `${agent === "" ? "" : `${agent}, `}suite ${suite.name} ${suite.version}, protocol ${suite.protocol}`,
  ];
  const told = findingsOf(report);
  const findings = told.slice(0, maxDetails).map((result) => inFull(result, paint));
  const further = told.slice(maxDetails).map((result) => inShort(result, paint));
  const known = report.cases.filter(({ outcome }) => outcome === "known").map((result) => knownLine(result, paint));
  const skipped = inGroups(report.cases.filter(({ outcome }) => outcome === "not-applicable")).map((group) =>
    skippedLine(group, paint),
  );
  const blocks = [
    head.join("\n"),
    areaLines(report, paint),
    profileLines(report, paint),
    ...findings,
    further.join("\n"),
    known.join("\n"),
    baselineLines(report, paint),
    skipped.join("\n"),
    report.notes.map((note) => `note: ${plain(note)}`).join("\n"),
  ];
  return `${[...blocks, closing(report, strict, paint)].filter((block) => block !== "").join("\n\n")}\n`;
}

/** One line about a case, for progress while a run goes on. */
export function renderCase(result: CaseResult, { color = false }: TextOptions = {}): string {
  return inShort(result, painter(color));
}

function countsBy(results: readonly CaseResult[], paint: Paint): string {
  const parts = (Object.keys(outcomeNames) as CaseOutcome[]).flatMap((outcome) => {
    const count = results.filter((result) => result.outcome === outcome).length;
    return count === 0 ? [] : [paint(colors[outcome], `${count} ${outcome}`)];
  });
  return parts.join(", ");
}

function areaLines({ cases }: Report, paint: Paint): string {
  const areas = [...new Set(cases.map((result) => result.area))];
  const width = Math.max(12, ...areas.map((area) => area.length));
  const own = (area: string) => cases.filter((result) => result.area === area);
  return areas.map((area) => `  ${area.padEnd(width)} ${countsBy(own(area), paint)}`).join("\n");
}

function profileLines({ profiles, cases }: Report, paint: Paint): string {
  const lines = profiles.map(({ profile, verdict, because }) => {
    const word = paint(profileColors[verdict], profileNames[verdict].padEnd(12));
    const counted = countsBy(
      cases.filter((result) => result.profile === profile),
      paint,
    );
    return `  ${profile.padEnd(12)} ${word} ${[plain(because), counted].filter((part) => part !== "").join("; ")}`;
  });
  return lines.length === 0 ? "" : ["profiles", ...lines].join("\n");
}

const mark = ({ outcome }: CaseResult, paint: Paint): string => paint(colors[outcome], marks[outcome].padEnd(5));

function inShort(result: CaseResult, paint: Paint): string {
  const { id, title, reason } = result;
  const told = reason === undefined ? title : reasonOf(result);
  const found = result.found === undefined ? "" : ` (found ${plain(result.found).split("\n")[0]})`;
  return `${mark(result, paint)} ${id}: ${plain(told)}${found}`;
}

function inFull(result: CaseResult, paint: Paint): string {
  const evidence = evidenceText(result, "  ");
  return `${mark(result, paint)} ${result.id}: ${plain(result.title)}${evidence === "" ? "" : `\n${evidence}`}`;
}

function knownLine(result: CaseResult, paint: Paint): string {
  const { known } = result;
  const why =
    known && ` (until ${known.expires}: ${known.reason}${known.issue === undefined ? "" : `, ${known.issue}`})`;
  return `${mark(result, paint)} ${result.id}: ${plain(`${result.title}${why ?? ""}`)}`;
}

function baselineLines({ baseline = [] }: Report, paint: Paint): string {
  const line = (entry: BaselineEntryResult) =>
    `${isOutdated(entry) ? paint(31, entry.state.toUpperCase()) : entry.state} ${plain(entryText(entry))}`;
  const told = baseline.filter((entry) => isOutdated(entry) || entry.state === "unused").map(line);
  return told.length === 0 ? "" : ["baseline", ...told.map((text) => `  ${text}`)].join("\n");
}

/** Cases of one area that do not apply for one reason; a few of them are told one by one. */
function inGroups(results: readonly CaseResult[]): (readonly CaseResult[])[] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.area, reasonOf(result)]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((group) => (group.length > fewSkipped ? [group] : group.map((one) => [one])));
}

function skippedLine(group: readonly CaseResult[], paint: Paint): string {
  const [first] = group;
  if (first === undefined) return "";
  if (group.length === 1) return inShort(first, paint);
  return `${mark(first, paint)} ${group.length} cases of ${first.area}: ${plain(reasonOf(first))}`;
}

function closing(report: Report, strict: boolean, paint: Paint): string {
  const conclusion = conclusionOf(report, { strict });
  const tally = tallyOf(report);
  if (conclusion === "not-judged")
    return `${paint(35, "COULD NOT RUN")}: ${plain(noVerdict(report))} (score n/a; ${tally})`;
  const word = conclusion === "conforms" ? paint(32, "CONFORMS") : paint(31, "FINDINGS");
  return `${word}: ${tally}, in ${(report.durationMs / 1000).toFixed(1)} s`;
}
