import { describe, expect, it } from "vitest";
import { payloadCases } from "../cases/payloads.js";
import { allMutants } from "./all.js";
import { judgeSending } from "./judge-sending.js";
import { meetAll } from "./meet-all.js";

describe("the suite, judging the payloads of every type", () => {
  it("has no case that does not apply, and finds nothing", async () => {
    const report = await judgeSending(undefined, { only: ["payloads"] });
    expect(report.cases.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(report.counts.pass).toBe(payloadCases.length);
  });
});

meetAll(allMutants.filter(({ group }) => group === "messages"));
