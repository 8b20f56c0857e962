import type { Case } from "./case.js";

/**
 * The cases that a selection names.
 *
 * @param only case ids, areas, requirement ids, or patterns with `*` over ids of either kind; everything when empty
 */
export function selectCases(cases: readonly Case[], only: readonly string[]): readonly Case[] {
  if (only.length === 0) return cases;
  const patterns = only.filter((name) => name.includes("*")).map(patternOf);
  const names = new Set(only);
  return cases.filter(
    ({ id, area, requirements }) =>
      names.has(id) ||
      names.has(area) ||
      requirements.some((one) => names.has(one)) ||
      patterns.some((one) => [id, ...requirements].some((name) => one.test(name))),
  );
}

function patternOf(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
