import type { Report } from "../index.js";
import type { KnownMutant } from "./registry.js";

/** What a run said of a mutant. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: KnownMutant["role"];
  readonly group: KnownMutant["group"];
  /** Ids of the cases that must kill it, in order. */
  readonly kills: readonly string[];
  /** Ids of all cases that did not pass, in order. */
  readonly failed: readonly string[];
  /** Why others fail with it. */
  readonly also: KnownMutant["also"];
}

/** Ids of the cases that did not pass, in order. */
export const failedIn = ({ cases }: Report): string[] =>
  cases
    .filter(({ outcome }) => outcome !== "pass" && outcome !== "not-applicable")
    .map(({ id }) => id)
    .toSorted();

/** The row of a mutant. */
export function rowOf({ id, name, role, group, kills, also, spreads }: KnownMutant, report: Report): Row {
  const failed = failedIn(report);
  const told = spreads ? failed.filter((one) => kills.includes(one)) : failed;
  return { id, name, role, group, kills: kills.toSorted(), failed: told, also };
}

/**
 * What is wrong with a row: a case that must kill the mutant and does not, a MUST that fails with it and has nothing to do
 * with it, and a case that is said to fail with it and does not.
 *
 * @param isMust whether a case is a MUST
 */
export function faultsIn(mutant: KnownMutant, row: Row, isMust: (id: string) => boolean): string[] {
  const failed = new Set(row.failed);
  const also = mutant.also.flatMap(({ cases }) => cases).map((glob) => [glob, matcher(glob)] as const);
  return [
    ...mutant.kills.filter((id) => !failed.has(id)).map((id) => `${mutant.id} is not killed by ${id}`),
    ...row.failed
      .filter((id) => isMust(id) && !mutant.kills.includes(id) && !also.some(([, test]) => test(id)))
      .map((id) => `${mutant.id} fails ${id}, which has nothing to do with it`),
    ...also
      .filter(([, test]) => !mutant.spreads && !row.failed.some(test))
      .map(([glob]) => `${mutant.id} does not fail ${glob}`),
  ];
}

function matcher(glob: string): (id: string) => boolean {
  const parts = glob.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  return (id) => pattern.test(id);
}
