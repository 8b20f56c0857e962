import { protocol } from "../generated/protocol.js";
import { type Baseline, type BaselineEntry, isLive } from "./baseline.js";
import { type Profile, profiles as profileOrder } from "./profiles.js";
import {
  type BaselineEntryResult,
  type CaseResult,
  countsOf,
  isOutdated,
  type Known,
  type ProfileResult,
  type Report,
} from "./report.js";

/** What is known of a case before it runs. */
export type PlannedCase = Pick<CaseResult, "id" | "level" | "profile">;

/** Whether the subject has a profile, and what shows it. */
export interface ProfileDeclaration {
  readonly profile: Profile;
  readonly declared: boolean;
  /** A member of the manifest, a flag, an answer. */
  readonly because: string;
  /** Why some of it was not looked at, so that it cannot be said to hold; absent where all of it was. */
  readonly partial?: string;
}

/** What a run came to, before anything is counted. */
export interface Run extends Pick<Report, "mode" | "suite" | "target" | "notes"> {
  /** Milliseconds since 1970 when the run began. */
  readonly startedAt: number;
  /** Milliseconds the run took, waits included. */
  readonly durationMs: number;
  /** Milliseconds of it spent waiting out rate limits; 0 unless set. */
  readonly waitedMs?: number;
  /** Every case there is in this mode, chosen or not; {@link planned} unless set. */
  readonly all?: readonly PlannedCase[];
  /** The cases that were chosen. */
  readonly planned: readonly PlannedCase[];
  /** What became of them, in the order of the report. */
  readonly results: readonly CaseResult[];
  /** Why no verdict can be given, when it cannot. */
  readonly reason?: string;
  /** Which profiles the subject has; those of the chosen cases unless set. */
  readonly profiles?: readonly ProfileDeclaration[];
  /** Known failures; none unless set. */
  readonly baseline?: Baseline;
}

/** What a report says of the suite. */
export const suiteOf = (version: string): Report["suite"] => ({
  name: "asap-kit",
  version,
  protocol: protocol.version,
  specHash: protocol.specHash,
});

/**
 * Makes the report of a run: holds its results against the baseline, counts, and gives the verdicts on profiles and on the
 * whole. Pure: the same run makes the same report.
 */
export function conclude(run: Run): Report {
  const { mode, suite, target, startedAt, planned, notes, baseline } = run;
  const startedOn = new Date(startedAt).toISOString();
  const day = startedOn.slice(0, 10);
  const all = run.all ?? planned;
  const entries = new Map(baseline?.map((entry) => [entry.id, entry]));
  const cases = run.results.map((result) => withEntry(result, entries.get(result.id), day));
  const states = baseline?.map((entry) => stateOf(entry, all, cases, day));
  const counts = countsOf(planned.length, cases);
  const reason = run.reason ?? withoutVerdict(planned, cases);
  const broken = cases.some(isBroken) || (states ?? []).some(isOutdated);
  return {
    schemaVersion: 1,
    mode,
    suite,
    target,
    startedAt: startedOn,
    durationMs: Math.round(run.durationMs),
    waitedMs: Math.round(run.waitedMs ?? 0),
    outcome: reason !== undefined ? "could-not-run" : broken ? "findings" : "conforms",
    ...(reason === undefined ? {} : { reason }),
    notes,
    counts,
    profiles: profilesOf(run.profiles ?? chosen(planned), all, planned, cases),
    ...(states === undefined ? {} : { baseline: states }),
    cases,
  };
}

/** Why there is no verdict though the run came to its end. */
function withoutVerdict(planned: readonly PlannedCase[], cases: readonly CaseResult[]): string | undefined {
  if (planned.length === 0) return "no case was chosen";
  const { run, notApplicable } = countsOf(planned.length, cases);
  if (run < planned.length) return `${planned.length - run} of ${planned.length} cases could not be judged`;
  return notApplicable === planned.length ? "none of the chosen cases applies" : undefined;
}

/** Whether a case makes the run one with findings. */
const isBroken = ({ outcome, level }: CaseResult): boolean =>
  outcome === "fail" || (outcome === "flaky" && level === "MUST");

/** The result as it counts with its entry of the baseline. */
function withEntry(result: CaseResult, entry: BaselineEntry | undefined, day: string): CaseResult {
  if (entry === undefined) return result;
  const { outcome } = result;
  const isCovered = entry.flaky === true ? outcome === "flaky" : outcome === "fail" || outcome === "warn";
  const known = knownOf(entry);
  return isCovered && isLive(entry, day) ? { ...result, outcome: "known", known } : { ...result, known };
}

const knownOf = ({ reason, expires, issue }: Known): Known => ({
  reason,
  expires,
  ...(issue === undefined ? {} : { issue }),
});

function stateOf(
  entry: BaselineEntry,
  all: readonly PlannedCase[],
  cases: readonly CaseResult[],
  day: string,
): BaselineEntryResult {
  const of = (state: BaselineEntryResult["state"]) => ({ id: entry.id, ...knownOf(entry), state });
  if (!all.some(({ id }) => id === entry.id)) return of("unknown");
  if (!isLive(entry, day)) return of("expired");
  const outcome = cases.find(({ id }) => id === entry.id)?.outcome;
  if (outcome === "known" || outcome === "flaky") return of("used");
  return of(outcome === "pass" && entry.flaky !== true ? "stale" : "unused");
}

function chosen(planned: readonly PlannedCase[]): ProfileDeclaration[] {
  return [...new Set(planned.map(({ profile }) => profile))].map((profile) => ({
    profile,
    declared: true,
    because: "cases of it were chosen",
  }));
}

/** One verdict for each declaration of a profile that cases were chosen of, in the order of reports. */
function profilesOf(
  declarations: readonly ProfileDeclaration[],
  all: readonly PlannedCase[],
  planned: readonly PlannedCase[],
  cases: readonly CaseResult[],
): ProfileResult[] {
  return declarations
    .filter(({ profile }) => planned.some((one) => one.profile === profile))
    .toSorted((one, other) => profileOrder.indexOf(one.profile) - profileOrder.indexOf(other.profile))
    .map(({ profile, declared, because, partial }) => {
      const own = cases.filter((one) => one.profile === profile);
      const counts = countsOf(planned.filter((one) => one.profile === profile).length, own);
      const musts = all.filter((one) => one.profile === profile && one.level === "MUST");
      const whole = declared ? verdictOn(musts, own) : "not-declared";
      const verdict = whole === "holds" && partial !== undefined ? "not-judged" : whole;
      const undecided = own.filter((one) => one.level === "MUST" && one.undecided === true).length;
      const left = partial ?? (undecided > 0 ? `${undecided} of its MUSTs could not be decided` : undefined);
      const isTold = declared && left !== undefined;
      return { profile, verdict, because: isTold ? `${because}; ${left}` : because, counts };
    });
}

function verdictOn(musts: readonly PlannedCase[], results: readonly CaseResult[]): ProfileResult["verdict"] {
  const outcomes = new Map(
    results.map(({ id, outcome, undecided }) => [id, undecided === true ? "undecided" : outcome] as const),
  );
  const own = musts.map(({ id }) => outcomes.get(id));
  if (own.some((outcome) => outcome === "fail" || outcome === "flaky" || outcome === "known")) return "broken";
  const isWhole = own.every((outcome) => outcome === "pass" || outcome === "not-applicable");
  const judged = musts.length > 0 ? own : [...outcomes.values()];
  return isWhole && judged.includes("pass") ? "holds" : "not-judged";
}
