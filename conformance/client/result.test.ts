import { describe, expect, test } from "vitest";
import type { PlannedClientCase } from "./cases.js";
import { resultsOf } from "./result.js";
import type { ScenarioRun } from "./run-scenario.js";
import type { Session } from "./session.js";

const sessionOf = (code: number): Session => ({
  url: "http://127.0.0.1:1",
  requests: [],
  posted: [],
  env: {},
  end: { code, signal: null, timedOut: false, leftBehind: false, elapsedMs: 1, output: "" },
});
const runs: Readonly<Record<string, ScenarioRun>> = {
  pass: { session: sessionOf(0), hide: (text) => text },
  fail: { session: sessionOf(1), hide: (text) => text },
  declined: { session: sessionOf(77), hide: (text) => text },
  slow: { session: sessionOf(2), hide: (text) => text },
  fault: { fault: "out of order" },
  unstarted: { unstarted: "gone" },
};
const sample: PlannedClientCase = {
  id: "client.sample.completed",
  title: "A sample",
  area: "sample",
  profile: "core",
  level: "MUST",
  requirements: ["CLIENT-001"],
  tags: [],
  scenario: { name: "sample", title: "", summary: "", profile: "core", requirements: [], cases: [] },
  judge: ({ end: { code } }) =>
    code === 0
      ? { outcome: "pass" }
      : code === 2
        ? { outcome: "inconclusive", reason: "too slow" }
        : { outcome: "fail", expected: "0", found: `${code}`, at: -1 },
};

test("a case whose judge throws is an error, and says nothing of the client", () => {
  const judge = () => {
    throw new Error("out of depth");
  };
  const rule = (id: string) => ({ id, text: "", source: "" });
  const timed = { run: runs.fail as ScenarioRun, atMs: 0 };
  const [[, result] = []] = resultsOf([{ ...sample, judge }], [timed], { rule, again: "" });
  expect(result).toMatchObject({ outcome: "error", reason: expect.stringContaining("out of depth") });
});

describe("a case that was run more than once", () => {
  test.each([
    ["fail declined", "fail"],
    ["declined fail", "fail"],
    ["fail slow", "fail"],
    ["fail fault", "fail"],
    ["fail unstarted", "fail"],
    ["fail fail", "fail"],
    ["fail pass", "flaky"],
    ["fail pass declined", "flaky"],
    ["pass declined", "pass"],
    ["pass fault", "pass"],
    ["declined declined", "not-applicable"],
  ])("%s is %s", (names, outcome) => {
    const own = names.split(" ").map((name, atMs) => ({ run: runs[name] as ScenarioRun, atMs }));
    const rule = (id: string) => ({ id, text: "", source: "" });
    const [[, result] = []] = resultsOf([sample], own, { rule, again: "" });
    expect(result).toMatchObject({ outcome, attempts: own.length });
    if (outcome === "fail") expect(result?.found).toBe("1");
  });
});
