import type { Baseline } from "../../baseline.js";
import type { Difference } from "./findings.js";

/** A released version stays as it is. */
const forGood = "9999-12-31";

/** The document that a rule stands in, as reports name it. */
export const sourceOf = (source: string): string => (/^\d/.test(source) ? `wire ${source}` : source);

/** Differences as known failures of server mode, an entry for each of their cases. */
export function knownFailures(differences: readonly Difference[]): Baseline {
  const reasons = new Map<string, string[]>();
  for (const { source, does, fail, warn } of differences)
    for (const id of [...fail, ...warn])
      reasons.set(id, [...(reasons.get(id) ?? []), `The reference 1.1.0 ${does} (${sourceOf(source)})`]);
  return [...reasons].map(([id, all]) => ({ id, reason: all.join(". "), expires: forGood }));
}

/** The file of known failures that the package holds. */
export const renderBaseline = (cases: Baseline): string => `${JSON.stringify({ cases }, null, 2)}\n`;
