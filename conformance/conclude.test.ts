import { describe, expect, it } from "vitest";
import type { BaselineEntry } from "./baseline.js";
import { conclude, type PlannedCase, type Run, suiteOf } from "./conclude.js";
import { type CaseOutcome, type CaseResult, exitCode } from "./report.js";

const result = (id: string, outcome: CaseOutcome, more: Partial<CaseResult> = {}): CaseResult => ({
  id,
  title: "A claim",
  area: "task",
  profile: "core",
  level: outcome === "warn" ? "SHOULD" : "MUST",
  tags: [],
  rules: [],
  outcome,
  elapsedMs: 1,
  ...more,
});
const entry = (id: string, more: Partial<BaselineEntry> = {}): BaselineEntry => ({
  id,
  reason: "Under way",
  expires: "2026-01-02",
  ...more,
});
const concluded = (results: readonly CaseResult[], more: Partial<Run> = {}) =>
  conclude({
    mode: "server",
    suite: suiteOf("1.2.3"),
    target: { name: "http://localhost:1", agentId: null, agentVersion: null },
    startedAt: Date.UTC(2026, 0, 2, 23, 59),
    durationMs: 1.4,
    notes: [],
    planned: results,
    results,
    ...more,
  });
const ended = (results: readonly CaseResult[], ...baseline: readonly BaselineEntry[]) => {
  const report = concluded(results, { baseline });
  return [report.cases[0]?.outcome, report.baseline?.[0]?.state, report.outcome];
};

describe("conclude() without a baseline", () => {
  it("conforms with warnings, and flaky ones of a SHOULD", () => {
    const report = concluded([
      result("a", "pass"),
      result("b", "warn"),
      result("c", "flaky", { level: "SHOULD" }),
      result("d", "not-applicable"),
    ]);
    expect(report).toMatchObject({ outcome: "conforms", durationMs: 1, waitedMs: 0 });
    expect(report.counts).toMatchObject({ planned: 4, run: 4, pass: 1, warn: 1, flaky: 1, notApplicable: 1 });
    expect(report).not.toHaveProperty("baseline");
    expect([exitCode(report), exitCode(report, { strict: true })]).toEqual([0, 1]);
  });

  it.each(["fail", "flaky"] as const)("has findings when a MUST ends %s", (outcome) => {
    expect(concluded([result("a", "pass"), result("b", outcome)]).outcome).toBe("findings");
  });

  it.each<[string, Run["results"], Partial<Run>, string]>([
    ["a reason is given", [result("a", "pass")], { reason: "it is gone" }, "it is gone"],
    ["a case is an error", [result("a", "fail"), result("b", "error")], {}, "1 of 2 cases could not be judged"],
    [
      "a case did not run",
      [result("a", "pass")],
      { planned: [result("a", "pass"), result("b", "pass")] },
      "1 of 2 cases could not be judged",
    ],
    ["nothing applies", [result("a", "not-applicable")], {}, "none of the chosen cases applies"],
    ["nothing was chosen", [], {}, "no case was chosen"],
  ])("gives no verdict where %s", (_, results, more, reason) => {
    const report = concluded(results, more);
    expect(report).toMatchObject({ outcome: "could-not-run", reason });
    expect(exitCode(report)).toBe(2);
  });
});

describe("conclude() with a baseline", () => {
  const flaky = { flaky: true };
  const gone = { expires: "2026-01-01" };

  it.each<[CaseOutcome, Partial<BaselineEntry>, CaseOutcome, string, string]>([
    ["fail", {}, "known", "used", "conforms"],
    ["warn", {}, "known", "used", "conforms"],
    ["pass", {}, "pass", "stale", "findings"],
    ["flaky", {}, "flaky", "used", "findings"],
    ["not-applicable", {}, "not-applicable", "unused", "conforms"],
    ["error", {}, "error", "unused", "could-not-run"],
    ["fail", flaky, "fail", "unused", "findings"],
    ["flaky", flaky, "known", "used", "conforms"],
    ["pass", flaky, "pass", "unused", "conforms"],
    ["fail", gone, "fail", "expired", "findings"],
    ["warn", gone, "warn", "expired", "findings"],
    ["pass", gone, "pass", "expired", "findings"],
    ["flaky", { ...flaky, ...gone }, "flaky", "expired", "findings"],
  ])("makes of %s with %j: %s, %s, %s", (outcome, more, becomes, state, whole) => {
    expect(ended([result("a", outcome), result("b", "pass")], entry("a", more))).toEqual([becomes, state, whole]);
  });

  it("tells of entries without a case, and of those that were not chosen", () => {
    const all = [result("a", "pass"), result("b", "pass")];
    const baseline = [entry("b"), entry("c")];
    const report = concluded(all.slice(0, 1), { all, baseline });
    expect(report.baseline?.map(({ id, state }) => [id, state])).toEqual([
      ["b", "unused"],
      ["c", "unknown"],
    ]);
    expect(report.outcome).toBe("findings");
  });

  it("tells reason, day and issue with the case", () => {
    const issue = "https://issues.example/7";
    const { cases } = concluded([result("a", "fail")], { baseline: [entry("a", { issue })] });
    expect(cases[0]?.known).toEqual({ reason: "Under way", expires: "2026-01-02", issue });
  });
});

describe("conclude() on profiles", () => {
  const state = { profile: "state" } as const;
  const verdict = (results: readonly CaseResult[], more: Partial<Run> = {}) =>
    concluded(results, { profiles: [{ profile: "state", declared: true, because: "the manifest" }], ...more })
      .profiles[0]?.verdict;

  it.each<[string, CaseResult[], Partial<Run>, string]>([
    ["all MUSTs pass", [result("a", "pass", state), result("b", "warn", state)], {}, "holds"],
    ["some do not apply", [result("a", "pass", state), result("b", "not-applicable", state)], {}, "holds"],
    ["one fails", [result("a", "pass", state), result("b", "fail", state)], {}, "broken"],
    ["one is flaky", [result("a", "pass", state), result("b", "flaky", state)], {}, "broken"],
    ["a MUST is undecided", [result("a", "pass", state), undecided("MUST")], {}, "not-judged"],
    ["a SHOULD is undecided", [result("a", "pass", state), undecided("SHOULD")], {}, "holds"],
    ["one is undecided and one fails", [result("a", "fail", state), undecided("MUST")], {}, "broken"],
    ["one is known to fail", [result("a", "fail", state)], { baseline: [entry("a")] }, "broken"],
    ["one could not be judged", [result("a", "pass", state), result("b", "error", state)], {}, "not-judged"],
    ["none applies", [result("a", "not-applicable", state)], {}, "not-judged"],
    ["one was not chosen", [result("a", "pass", state)], { all: [planned("a"), planned("b")] }, "not-judged"],
  ])("says when %s", (_, results, more, words) => {
    expect(verdict(results, more)).toBe(words);
  });

  it("does not hold where some of it was not looked at", () => {
    const partial = "there was no time";
    const profiles = [{ profile: "state", declared: true, because: "the manifest", partial }] as const;
    expect(concluded([result("a", "pass", state)], { profiles }).profiles[0]).toMatchObject({
      verdict: "not-judged",
      because: "the manifest; there was no time",
    });
    expect(concluded([result("a", "fail", state)], { profiles }).profiles[0]?.verdict).toBe("broken");
  });

  it("tells how much of it could not be decided", () => {
    const profiles = [{ profile: "state", declared: true, because: "the manifest" }] as const;
    const because = "the manifest; 1 of its MUSTs could not be decided";
    expect(concluded([result("a", "pass", state), undecided("MUST")], { profiles }).profiles[0]).toMatchObject({
      because,
    });
  });

  it("keeps apart what is not declared, tells why, and leaves out what was not chosen", () => {
    const report = concluded([result("a", "pass"), result("b", "not-applicable", state)], {
      profiles: [
        { profile: "webhooks", declared: true, because: "a flag" },
        { profile: "state", declared: false, because: "the manifest does not say so" },
        { profile: "core", declared: true, because: "every agent has it" },
      ],
    });
    expect(report.profiles.map(({ profile, verdict: said, because }) => [profile, said, because])).toEqual([
      ["core", "holds", "every agent has it"],
      ["state", "not-declared", "the manifest does not say so"],
    ]);
    expect(report.profiles[1]?.counts).toMatchObject({ planned: 1, run: 1, notApplicable: 1 });
  });
});

function undecided(level: "MUST" | "SHOULD"): CaseResult {
  return result("b", "not-applicable", { profile: "state", level, reason: "too slow to tell", undecided: true });
}

function planned(id: string): PlannedCase {
  return { id, level: "MUST", profile: "state" };
}
