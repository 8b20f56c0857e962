import {
  type BaselineEntryResult,
  type CaseOutcome,
  type CaseResult,
  exitCode,
  isOutdated,
  type ProfileResult,
  type Report,
} from "../report.js";

/** Options of every form of a report. */
export interface ReportOptions {
  /** Whether warnings count as findings; false unless set. */
  readonly strict?: boolean;
}

/** What a report comes to. `not-judged` is no verdict: nothing could be said, or not of everything that was planned. */
export type Conclusion = "conforms" | "findings" | "not-judged";

/** Words for an outcome, in the order of reports. */
export const outcomeNames: Readonly<Record<CaseOutcome, string>> = {
  pass: "pass",
  fail: "fail",
  warn: "warn",
  flaky: "flaky",
  known: "known",
  "not-applicable": "n/a",
  error: "error",
};

/** Words for the verdict on a profile. */
export const profileNames: Readonly<Record<ProfileResult["verdict"], string>> = {
  holds: "holds",
  broken: "broken",
  "not-declared": "not declared",
  "not-judged": "n/a",
};

/** How serious the outcome of a case is. A case that failed as the baseline says is neither. */
export function severityOf({ outcome, level }: CaseResult): "error" | "warning" | null {
  if (outcome === "fail" || outcome === "error") return "error";
  if (outcome === "warn") return "warning";
  return outcome === "flaky" ? (level === "MUST" ? "error" : "warning") : null;
}

/** Why a case does not apply, or that this could not be decided and why. */
export function reasonOf({ reason = "does not apply", undecided }: CaseResult): string {
  return undecided === true ? `undecided: ${reason}` : reason;
}

/** The cases that a reader must look at, the serious ones first. */
export function findingsOf({ cases }: Report): readonly CaseResult[] {
  const of = (severity: "error" | "warning") => cases.filter((result) => severityOf(result) === severity);
  return [...of("error"), ...of("warning")];
}

/** Entries of the baseline that are findings by themselves. */
export const outdatedIn = ({ baseline = [] }: Report): readonly BaselineEntryResult[] => baseline.filter(isOutdated);

/** Why an entry of the baseline is a finding, or what it did. */
export function entryText({ id, state, reason, expires, issue }: BaselineEntryResult): string {
  const why: Record<BaselineEntryResult["state"], string> = {
    used: `fails as told, until ${expires}`,
    stale: "passes now; take it out of the baseline",
    expired: `expired on ${expires}`,
    unknown: "is the name of no case",
    unused: "was not judged in this run",
  };
  return `${id} ${why[state]} (${reason}${issue === undefined ? "" : `, ${issue}`})`;
}

/** How many cases there is a verdict on. */
export const judgedIn = ({ counts }: Report): number =>
  counts.pass + counts.fail + counts.warn + counts.flaky + counts.known;

/** What a report comes to. Nothing judged is never success. */
export function conclusionOf(report: Report, { strict = false }: ReportOptions = {}): Conclusion {
  const code = exitCode(report, { strict });
  if (code === 2 || judgedIn(report) === 0) return "not-judged";
  return code === 1 ? "findings" : "conforms";
}

/** How many findings a run has: what is serious, entries of the baseline that are not current, with `strict` warnings too. */
export function findingCount(report: Report, { strict = false }: ReportOptions = {}): number {
  const counted = report.cases.filter((result) => {
    const severity = severityOf(result);
    return result.outcome !== "error" && (severity === "error" || (strict && severity === "warning"));
  });
  return counted.length + outdatedIn(report).length;
}

/** Why there is no verdict. */
export function noVerdict(report: Report): string {
  if (report.reason !== undefined) return report.reason;
  const { run, planned } = report.counts;
  return run < planned ? `${planned - run} of ${planned} cases were not run` : "no case applies";
}

/** A number and a noun in its number. */
export const many = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** How the cases ended, in words. */
export function tallyOf({ counts }: Pick<Report, "counts">): string {
  const parts: readonly (readonly [number, string])[] = [
    [counts.pass, "pass"],
    [counts.fail, "fail"],
    [counts.warn, "warn"],
    [counts.flaky, "flaky"],
    [counts.known, "known"],
    [counts.notApplicable, "not applicable"],
    [counts.error, "error"],
  ];
  const always = new Set(["pass", "fail", "warn"]);
  const told = parts
    .filter(([count, name]) => count > 0 || always.has(name))
    .map(([count, name]) => `${count} ${name}`);
  return `${counts.run} of ${many(counts.planned, "case")} run: ${told.join(", ")}`;
}

/** The profiles that hold as a whole, in the order of reports. */
export const holding = ({ profiles }: Report): readonly string[] =>
  profiles.filter(({ verdict }) => verdict === "holds").map(({ profile }) => profile);
