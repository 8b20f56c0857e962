import type { Area, Case } from "./case.js";
import { type Profile, profileOf } from "./profiles.js";

/** What a case is chosen by. */
export interface Selectable extends Pick<Case, "id" | "level" | "requirements"> {
  readonly area: string;
  readonly tags?: readonly string[];
  /** That of its area unless set. */
  readonly profile?: Profile;
}

/** Which cases to run. What is absent, null or empty leaves none out. */
export interface Selection {
  /** Case ids, areas, requirement ids, or patterns with `*` over ids of either kind. */
  readonly only?: readonly string[];
  /** Cases that are left out, named in the same way. */
  readonly skip?: readonly string[];
  readonly level?: Case["level"] | null;
  /** Tags of which a case has one. */
  readonly tags?: readonly string[];
  readonly profiles?: readonly Profile[];
}

/** The cases that a selection names, in their order. */
export function selectCases<T extends Selectable>(
  cases: readonly T[],
  { only = [], skip = [], level = null, tags = [], profiles = [] }: Selection,
): readonly T[] {
  const isChosen = only.length === 0 ? () => true : namer(only);
  const isSkipped = namer(skip);
  return cases.filter(
    (one) =>
      isChosen(one) &&
      !isSkipped(one) &&
      (level === null || one.level === level) &&
      (tags.length === 0 || tags.some((tag) => one.tags?.includes(tag) === true)) &&
      (profiles.length === 0 || profiles.includes(one.profile ?? profileOf(one.area as Area))),
  );
}

/** The names that stand for no case. */
export const unmatched = (cases: readonly Selectable[], names: readonly string[]): readonly string[] =>
  names.filter((name) => !cases.some(namer([name])));

/** Whether one of the names stands for a case. */
function namer(names: readonly string[]): (one: Selectable) => boolean {
  const patterns = names.filter((name) => name.includes("*")).map(patternOf);
  const exact = new Set(names);
  return ({ id, area, requirements }) =>
    [id, area, ...requirements].some((name) => exact.has(name)) ||
    patterns.some((pattern) => [id, ...requirements].some((name) => pattern.test(name)));
}

function patternOf(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
