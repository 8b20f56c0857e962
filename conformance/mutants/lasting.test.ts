import { describe, expect, it } from "vitest";
import { cases } from "../index.js";
import { allMutants } from "./all.js";
import { judgeLiving } from "./judge-living.js";
import { meetAll } from "./meet-all.js";

describe("the suite, judging the life of tasks and their state", () => {
  it("has no case that does not apply, and finds nothing", async () => {
    const report = await judgeLiving({ name: "unchanged" }, { only: ["lifecycle", "state"] });
    expect(report.cases.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(report.counts.pass).toBe(cases.filter(({ area }) => area === "lifecycle" || area === "state").length);
  });
});

meetAll(allMutants.filter(({ group }) => group === "lasting"));
