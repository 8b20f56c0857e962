import { AssertionError } from "node:assert";
import type { CaseResult, Report } from "./report.js";
import { evidenceText } from "./reports/evidence.js";
import { conclusionOf, entryText, noVerdict, outdatedIn, severityOf } from "./reports/verdict.js";

/** A case of a report as a test for `node:test`, vitest or another runner. */
export interface ConformanceTest {
  /** Id of the case; `verdict` for the one on the report as a whole. */
  readonly name: string;
  /** Why the test has nothing to say: the case does not apply, or its failure is known. False when it has. */
  readonly skip: string | false;
  /** Throws an AssertionError that tells the finding, with the bytes, when the case failed. */
  readonly run: () => void;
}

/**
 * The cases of a report as tests, by their ids, and first of all one named `verdict`: it fails when not every planned case
 * was judged, so that an agent that cannot be reached passes nothing, and when the baseline is not current.
 *
 * @param options strict also fails tests of cases that are warnings; false unless set
 */
export function testsOf(report: Report, options: { readonly strict?: boolean } = {}): readonly ConformanceTest[] {
  const { strict = false } = options;
  return [
    { name: "verdict", skip: false, run: () => assertVerdict(report) },
    ...report.cases.map((result) => ({
      name: result.id,
      skip: skipReason(result),
      run: () => assertCase(result, strict),
    })),
  ];
}

function assertVerdict(report: Report): void {
  if (conclusionOf(report) === "not-judged") throw failure(`no verdict on ${report.target.name}: ${noVerdict(report)}`);
  const outdated = outdatedIn(report).map(entryText);
  if (outdated.length > 0) throw failure(`the baseline is not current:\n${outdated.join("\n")}`);
}

function assertCase(result: CaseResult, strict: boolean): void {
  const severity = severityOf(result);
  if (severity === null || (severity === "warning" && !strict)) return;
  throw failure(`${result.id}: ${result.title}\n${evidenceText(result, "  ")}`, result);
}

function skipReason({ outcome, reason, known }: CaseResult): string | false {
  if (outcome === "not-applicable") return reason ?? "the case does not apply";
  return outcome === "known" ? `known until ${known?.expires}: ${known?.reason}` : false;
}

const failure = (message: string, { expected, found }: Partial<CaseResult> = {}) =>
  new AssertionError({ message, expected, actual: found, operator: "conforms" });
