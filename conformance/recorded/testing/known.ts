import type { Baseline } from "../../baseline.js";
import type { CaseResult } from "../../report.js";
import { type Difference, differences } from "./findings.js";

/** A released version stays as it is. */
const forGood = "9999-12-31";

/** The document that a rule stands in, as reports name it. */
export const sourceOf = (source: string): string => (/^\d/.test(source) ? `wire ${source}` : source);

/** What a part of the recordings shows: of the agent in its usual setting unless it is named. */
export const shownBy = (part?: Difference["shownBy"]): readonly Difference[] =>
  differences.filter((one) => one.shownBy === part && one.setting === undefined);

const isOfSection18 = ({ section }: Difference) => section === "18";

/** Those that are no row of section 18, as known failures. */
export const knownElsewhere = (list: readonly Difference[]): Baseline =>
  knownFailures(list.filter((one) => !isOfSection18(one)));

/**
 * What the suite must report, in order of its words: differences of section 18 at the level of their rules, and the others as
 * known.
 */
export const expected = (list: readonly Difference[]): string[] =>
  list
    .flatMap((one) => [
      ...one.fail.map((id) => `${isOfSection18(one) ? "fail" : "known"} ${id}`),
      ...one.warn.map((id) => `${isOfSection18(one) ? "warn" : "known"} ${id}`),
    ])
    .toSorted();

/** What the suite reported, but for what is right or beside the point. */
export const reported = (results: readonly CaseResult[]): string[] =>
  results
    .filter(({ outcome }) => outcome !== "pass" && outcome !== "not-applicable")
    .map(({ id, outcome }) => `${outcome} ${id}`)
    .toSorted();

/** Differences as known failures, an entry for each of their cases. */
export function knownFailures(list: readonly Difference[]): Baseline {
  const reasons = new Map<string, string[]>();
  for (const { source, does, fail, warn } of list)
    for (const id of [...fail, ...warn])
      reasons.set(id, [...(reasons.get(id) ?? []), `The reference 1.1.0 ${does} (${sourceOf(source)})`]);
  return [...reasons].map(([id, all]) => ({ id, reason: all.join(". "), expires: forGood }));
}

/** The file of known failures that the package holds. */
export const renderBaseline = (cases: Baseline): string => `${JSON.stringify({ cases }, null, 2)}\n`;
