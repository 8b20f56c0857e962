import type { Case } from "./case.js";
import { profileOf } from "./profiles.js";
import { recordOf, replayOf } from "./record.js";
import type { CaseResult, Rule } from "./report.js";
import type { Judged } from "./run-case.js";
import { hideCase, hiderOf, type Secrets } from "./secrets.js";

const maxFound = 500;

/** Makes the function that turns a judged case into its line of the report. */
export function resultMaker(
  rule: (id: string) => Rule,
  url: string,
  secrets: Secrets,
  beganAt: number,
  record: "findings" | "all" = "findings",
) {
  const hide = hiderOf(secrets.values);
  const toResult = (one: Case, { verdict, exchanges, elapsedMs, attempts, isFlaky = false }: Judged): CaseResult => {
    const recorded = () => ({ exchanges: exchanges.map((each) => recordOf(each, secrets, beganAt)) });
    const kept = record === "all" ? recorded() : {};
    const base = {
      id: one.id,
      title: one.title,
      area: one.area,
      profile: profileOf(one.area),
      level: one.level,
      tags: one.tags ?? [],
      rules: one.requirements.map(rule),
      ...(attempts === undefined ? {} : { attempts }),
      elapsedMs: Math.round(elapsedMs),
    };
    if (verdict.outcome === "pass") return { ...base, outcome: "pass", ...kept };
    if (verdict.outcome !== "fail") {
      const reason = hide(verdict.reason);
      if (verdict.outcome === "error") return { ...base, outcome: "error", reason, ...kept };
      const isUndecided = verdict.outcome === "inconclusive" || verdict.undecided === true;
      return { ...base, outcome: "not-applicable", reason, ...(isUndecided ? { undecided: true } : {}), ...kept };
    }
    const exchange = exchanges[verdict.at];
    return {
      ...base,
      outcome: isFlaky ? "flaky" : one.level === "MUST" ? "fail" : "warn",
      expected: verdict.expected,
      found: hide(verdict.found).slice(0, maxFound),
      ...(exchange === undefined
        ? {}
        : {
            ...recorded(),
            at: verdict.at,
            replay: replayOf(exchange, url, secrets),
          }),
    };
  };
  return (one: Case, judged: Judged): CaseResult => hideCase(toResult(one, judged), hide);
}
