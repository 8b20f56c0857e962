import { describe, expect, it } from "vitest";
import { bearerCases } from "../cases/bearer.js";
import { allMutants } from "./all.js";
import { judgeBearing } from "./judge-bearing.js";
import { meetAll } from "./meet-all.js";

describe("the suite, judging an agent that asks for a bearer token", () => {
  it("has no case that does not apply, and finds nothing", async () => {
    const report = await judgeBearing(undefined, { only: ["auth.bearer.*"] });
    expect(report.cases.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(report.counts.pass).toBe(bearerCases.length);
  });
});

meetAll(allMutants.filter(({ group }) => group === "bearer"));
