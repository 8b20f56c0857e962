import { describe, expect, it } from "vitest";
import { guarding } from "./mutants/index.js";
import { authCases, brokenIn, judgeGuarded } from "./mutants/judge-guarded.js";

describe("the suite, judging an agent behind OAuth 2.0", () => {
  it.each([
    ["whose guard is as it should be", {}, 6],
    ["that asks the issuer about opaque tokens", { introspection: { clientId: "agent", clientSecret: "secret" } }, 0],
  ])("finds nothing in one %s", async (_, options, inapplicable) => {
    const killedBy = authCases.map((id) => id.replace("auth.", ""));
    const report = await judgeGuarded({ name: "", killedBy, options });
    expect(report.reason).toBeUndefined();
    expect(brokenIn(report)).toEqual([]);
    expect(report.cases.filter(({ outcome }) => outcome === "not-applicable").length).toBe(inapplicable);
  });

  it("has no case that sees nothing wrong in any of the mutants", () => {
    const seen = new Set(guarding.flatMap(({ killedBy }) => killedBy.map((id) => `auth.${id}`)));
    expect(authCases.filter((id) => !seen.has(id))).toEqual([]);
  });
});
