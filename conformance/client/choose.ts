import type { Level } from "../case.js";
import type { PlannedClientCase } from "./cases.js";

/** Which cases are judged. */
export interface Choice {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly level: Level | null;
}

/**
 * The cases that are named and not left out. A name is the id of a case, a scenario, a profile, a tag, the id of a
 * requirement, or a pattern with `*` over the ids of cases and requirements.
 */
export function chooseCases(
  cases: readonly PlannedClientCase[],
  { only, skip, level }: Choice,
): readonly PlannedClientCase[] {
  const isNamed = (names: readonly string[]) => (one: PlannedClientCase) =>
    names.some((name) => {
      const ids = [one.id, ...one.requirements];
      if (name.includes("*")) return ids.some((id) => patternOf(name).test(id));
      return [...ids, one.area, one.profile, ...one.tags].includes(name);
    });
  const isChosen = only.length === 0 ? () => true : isNamed(only);
  const isLeftOut = isNamed(skip);
  return cases.filter((one) => isChosen(one) && !isLeftOut(one) && (level === null || one.level === level));
}

/** Names that name no case. */
export function unknownNames(cases: readonly PlannedClientCase[], names: readonly string[]): readonly string[] {
  return names.filter((name) => chooseCases(cases, { only: [name], skip: [], level: null }).length === 0);
}

function patternOf(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.\\+?^${}()|[\]]/g, "\\$&").replaceAll("*", ".*")}$`);
}
