import { describe, expect, it } from "vitest";
import { brokenIn } from "./judge-guarded.js";
import { judgePosting } from "./judge-posting.js";
import { trying } from "./posting.js";

describe.concurrent("the suite, judging an agent that posts webhooks", () => {
  it.each(trying.map((mutant) => [mutant.name, mutant] as const))(
    "sees that it %s, by what is about that alone",
    async (_, mutant) => {
      const report = await judgePosting(mutant);
      expect(report.reason).toBeUndefined();
      expect(brokenIn(report)).toEqual(mutant.killedBy.map((id) => `webhooks.${id}`).toSorted());
    },
  );
});
