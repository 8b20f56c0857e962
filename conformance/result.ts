import type { Case } from "./case.js";
import { hide, recordOf, replayOf, type Secrets } from "./record.js";
import type { CaseOutcome, CaseResult, Rule } from "./report.js";
import type { Judged } from "./run-case.js";

const maxFound = 500;

/** Makes the function that turns a judged case into its line of the report. */
export function resultMaker(rule: (id: string) => Rule, url: string, secrets: Secrets) {
  return (one: Case, { verdict, exchanges, elapsedMs }: Judged): CaseResult => {
    const base = {
      id: one.id,
      title: one.title,
      area: one.area,
      level: one.level,
      rules: one.requirements.map(rule),
      elapsedMs: Math.round(elapsedMs),
    };
    if (verdict.outcome === "pass") return { ...base, outcome: "pass" };
    if (verdict.outcome !== "fail") {
      const outcome: CaseOutcome = verdict.outcome === "error" ? "error" : "not-applicable";
      return { ...base, outcome, reason: verdict.reason };
    }
    const exchange = exchanges[verdict.at];
    return {
      ...base,
      outcome: one.level === "MUST" ? "fail" : "warn",
      expected: verdict.expected,
      found: hide(verdict.found, secrets).slice(0, maxFound),
      ...(exchange === undefined
        ? {}
        : { exchange: recordOf(exchange, secrets), replay: replayOf(exchange, url, secrets) }),
    };
  };
}
