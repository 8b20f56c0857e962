import type { Verdict } from "../case.js";
import type { CaseResult, ExchangeRecord, Rule } from "../report.js";
import { isDeclined, type PlannedClientCase } from "./cases.js";
import { recordsOf } from "./record.js";
import type { ScenarioRun } from "./run-scenario.js";
import { declined } from "./scenario.js";

const maxFound = 2000;

/** One run of a scenario, and when it began. */
export interface TimedRun {
  readonly run: ScenarioRun;
  /** Milliseconds since the run of the suite began. */
  readonly atMs: number;
}

/** What results need that no session holds. */
export interface ResultOptions {
  readonly rule: (id: string) => Rule;
  /** The command line that runs the scenario again. */
  readonly again: string;
}

/**
 * The results of the cases of one scenario, from its runs in order. What failed in one run and passed in another is flaky,
 * and told as it failed; a run that was declined, or could not be judged, takes nothing back.
 */
export function resultsOf(
  cases: readonly PlannedClientCase[],
  runs: readonly TimedRun[],
  options: ResultOptions,
): readonly (readonly [PlannedClientCase, CaseResult])[] {
  const kept = new Map<TimedRun, ExchangeRecord[]>();
  const recordsIn = (timed: TimedRun): ExchangeRecord[] => {
    const { run, atMs } = timed;
    const known = kept.get(timed);
    if (known !== undefined || !("session" in run)) return known ?? [];
    const records = recordsOf(run.session, run.hide).map((record) => ({ ...record, atMs: record.atMs + atMs }));
    kept.set(timed, records);
    return records;
  };
  return cases.map((one) => {
    const results = runs.map((timed) => resultOf(one, timed, options, recordsIn));
    const last = results.at(-1);
    if (last === undefined) throw new Error("a scenario without a run");
    const isBroken = ({ outcome }: CaseResult) => outcome === "fail" || outcome === "warn";
    const passed = results.find(({ outcome }) => outcome === "pass");
    const broken = passed === undefined ? results.findLast(isBroken) : results.find(isBroken);
    const result: CaseResult =
      broken === undefined ? (passed ?? last) : passed === undefined ? broken : { ...broken, outcome: "flaky" };
    return [one, runs.length > 1 ? { ...result, attempts: runs.length } : result] as const;
  });
}

function resultOf(
  one: PlannedClientCase,
  timed: TimedRun,
  { rule, again }: ResultOptions,
  recordsIn: (timed: TimedRun) => ExchangeRecord[],
): CaseResult {
  const { id, title, area, profile, level, tags, requirements, judge } = one;
  const base = { id, title, area, profile, level, tags, rules: requirements.map(rule), elapsedMs: 0 };
  const { run } = timed;
  if ("fault" in run) return { ...base, outcome: "error", reason: run.fault };
  if ("unstarted" in run) return { ...base, outcome: "error", reason: run.unstarted };
  const { session, hide } = run;
  const timedBase = { ...base, elapsedMs: session.end.elapsedMs };
  if (isDeclined(session))
    return {
      ...timedBase,
      outcome: "not-applicable",
      reason: `the client does not do this (exit code ${declined})`,
      undecided: true,
    };
  let verdict: Verdict;
  try {
    verdict = judge(session);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { ...timedBase, outcome: "error", reason: `the case cannot judge what was recorded: ${why}` };
  }
  if (verdict.outcome === "pass") return { ...timedBase, outcome: "pass" };
  if (verdict.outcome !== "fail") {
    const isUndecided = verdict.outcome === "inconclusive" || verdict.undecided === true;
    return {
      ...timedBase,
      outcome: "not-applicable",
      reason: verdict.reason,
      ...(isUndecided ? { undecided: true } : {}),
    };
  }
  const exchanges = recordsIn(timed);
  return {
    ...timedBase,
    outcome: level === "MUST" ? "fail" : "warn",
    expected: verdict.expected,
    found: hide(verdict.found).slice(0, maxFound),
    ...(exchanges.length === 0 ? {} : { exchanges }),
    ...(verdict.at >= 0 && verdict.at < exchanges.length ? { at: verdict.at } : {}),
    replay: again,
  };
}
