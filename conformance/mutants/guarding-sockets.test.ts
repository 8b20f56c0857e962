import { describe, expect, it } from "vitest";
import { guardingSockets } from "./guarding-sockets.js";
import { brokenIn, judgeGuarded } from "./judge-guarded.js";

describe("the suite, judging an agent behind OAuth 2.0", () => {
  it.each(guardingSockets.map((mutant) => [mutant.name, mutant] as const))(
    "sees that it %s, by what is about that alone",
    async (_, mutant) => {
      const report = await judgeGuarded(mutant);
      expect(report.reason).toBeUndefined();
      expect(brokenIn(report)).toEqual(mutant.killedBy.map((id) => `auth.${id}`).toSorted());
    },
  );
});
