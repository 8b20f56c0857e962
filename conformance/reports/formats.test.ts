import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Report } from "../report.js";
import { junitFaults, readTap, reportFaults, sarifFaults } from "../testing/published-schemas.js";
import { hostile, hostileReport, reportOf, sampleCase } from "../testing/sample-report.js";
import { type ReportFormat, renderReport, reportRenderers } from "./formats.js";

const unreached = reportOf([], { outcome: "could-not-run", reason: `no answer: ${hostile}` }, 5);
const nothingApplies = reportOf([sampleCase("not-applicable", { reason: "no port" })], {
  outcome: "could-not-run",
  reason: "none of the chosen cases applies",
});
const halfway = reportOf([sampleCase("pass"), sampleCase("error", { id: "task.late", reason: "stopped" })], {
  outcome: "could-not-run",
  reason: "the run was stopped",
});
const good = reportOf([sampleCase("pass"), sampleCase("pass", { id: "task.one", area: "task" })], {
  profiles: [
    {
      profile: "core",
      verdict: "holds",
      because: "a task was answered",
      counts: reportOf([sampleCase("pass")]).counts,
    },
  ],
});
const warned = reportOf([sampleCase("pass"), sampleCase("warn", { expected: "an ETag" })]);
const samples: Readonly<Record<string, Report>> = {
  "a hostile agent": hostileReport(),
  "an agent that is not reached": unreached,
  "an agent to which nothing applies": nothingApplies,
  "a run that was stopped": halfway,
  "a good agent": good,
  "an agent with warnings": warned,
};
const each = Object.entries(samples);
const formats = Object.keys(reportRenderers) as ReportFormat[];

describe.each(each)("the report of %s", (_, report) => {
  it("has the published shape", () => {
    expect(reportFaults(JSON.parse(renderReport("json", report)))).toEqual([]);
  });

  it.each([false, true])("is JUnit XML by the schema of Jenkins, strict %s", async (strict) => {
    expect(await junitFaults(renderReport("junit", report, { strict }))).toEqual([]);
  });

  it.each([false, true])("is SARIF by the schema of OASIS, strict %s", (strict) => {
    expect(sarifFaults(renderReport("sarif", report, { strict }))).toEqual([]);
  });

  it.each([false, true])("is TAP that a reader takes line by line, strict %s", (strict) => {
    const { faults, tests } = readTap(renderReport("tap", report, { strict }));
    expect(faults).toEqual([]);
    expect(tests.length).toBeGreaterThanOrEqual(report.cases.length);
    expect(tests.filter(({ name }) => name.startsWith("forged"))).toEqual([]);
  });

  it.each(formats)("is text in UTF-8 that ends in a line break as %s", (format) => {
    const text = renderReport(format, report);
    expect(text).toMatch(/\S\n$/);
    expect(Buffer.from(text).toString()).toBe(text);
  });
});

describe("commands of a CI runner in what an agent says", () => {
  const said = "{}\n::stop-commands::x\n \t::error file=README.md,line=1::forged\n##[error]forged ##vso[task.complete]";
  const found = sampleCase("fail", {
    expected: "an answer",
    found: said,
    exchanges: [{ sent: said, received: said, status: 200, atMs: 0, elapsedMs: 1 }],
    at: 0,
  });
  const report = reportOf([found], { notes: [said], outcome: "findings" });

  it.each(formats)("are none in %s", (format) => {
    const text = renderReport(format, report);
    expect(text).not.toMatch(/^\s*::|##(?:\[|vso\[)/m);
  });

  it("are the same text in JSON", () => {
    expect(JSON.parse(renderReport("json", report)).cases[0].found).toBe(said);
  });
});

describe("a report without a verdict", () => {
  it.each([
    ["unreached", unreached],
    ["nothing applies", nothingApplies],
    ["halfway", halfway],
  ])("says n/a in every form that has words: %s", async (_, report) => {
    const texts = Object.fromEntries(formats.map((format) => [format, renderReport(format, report)]));
    expect(texts["text"]).toContain("score n/a");
    expect(texts["junit"]).toMatch(/<error message="n\/a: /);
    expect(texts["tap"]).toMatch(/^Bail out! n\/a: /m);
    expect(texts["markdown"]).toMatch(/^## ASAP conformance: n\/a/);
    expect(texts["html"]).toContain("<strong>n/a</strong><p>No verdict: ");
    expect(texts["badge"]).toContain("<title>ASAP: n/a</title>");
    expect(JSON.parse(texts["badge-json"] ?? "")).toMatchObject({ message: "n/a" });
    const [run] = JSON.parse(texts["sarif"] ?? "").runs;
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toMatch(/^n\/a: /);
    for (const [format, text] of Object.entries(texts)) {
      const words = text.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");
      expect(words, format).not.toMatch(/100 ?%|CONFORMS|Conforms|✅/);
    }
  });
});

describe.each(["json", "sarif"] as const)("%s", (format) => {
  it("shows a terminal nothing but text, and holds the same value", () => {
    const found = "\u007f\u009b31m\u2028\u202e\u2066 ü";
    const text = renderReport(format, reportOf([sampleCase("fail", { expected: found, found })]));
    expect(text).not.toMatch(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
    if (format === "json") expect(JSON.parse(text).cases[0].found).toBe(found);
  });
});

describe("JUnit", () => {
  it("fails MUSTs, skips what is known or does not apply, and warns in the output", () => {
    const xml = renderReport("junit", hostileReport());
    expect(xml).toMatch(
      /<testsuite id="0" name="envelope" package="asap" tests="5" failures="2" errors="0" skipped="1"/,
    );
    expect(xml).toMatch(/name="envelope\.flaky"[^>]*>\s*<failure [^>]*type="flaky"/);
    expect(xml).toMatch(/name="envelope\.warn"[^>]*>\s*<system-out>warning: /);
    expect(xml).toMatch(/name="envelope\.known"[^>]*>\s*<skipped>known until 2027-01-31: /);
    expect(xml).toMatch(/<testsuite id="3" name="baseline" [^>]*failures="2"/);
    expect(renderReport("junit", warned, { strict: true })).toMatch(/name="envelope\.warn"[^>]*>\s*<failure /);
  });
});

describe("SARIF", () => {
  const log = JSON.parse(renderReport("sarif", hostileReport())).runs[0];
  it("names rules with their section, and results with their level", () => {
    expect(log.tool.driver.rules[0]).toMatchObject({
      id: "ENV-001",
      shortDescription: { text: "A rule." },
      help: { text: "A rule. Section: wire 2.1." },
    });
    const levels = log.results.map((result: { level: string; ruleId: string }) => [result.ruleId, result.level]);
    expect(levels).toEqual([
      ["ENV-001", "error"],
      ["ENV-001", "warning"],
      ["ENV-002", "error"],
      ["ENV-001", "note"],
      ["ENV-001", "error"],
      ["ENV-001", "error"],
      ["baseline-current", "error"],
      ["baseline-current", "error"],
    ]);
    for (const { ruleId, ruleIndex } of log.results) expect(log.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(log.invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
  });

  it("names a file below the working directory relative to it, and another by its URL", () => {
    const uriOf = (file: string) => {
      const place = { file, line: 1, column: 1, pointer: "", found: "x" };
      const text = renderReport("sarif", reportOf([sampleCase("fail", { places: [place] })]));
      return JSON.parse(text).runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    };
    expect(uriOf(resolve("data", "a b.json"))).toEqual({ uri: "data/a%20b.json", uriBaseId: "%SRCROOT%" });
    expect(uriOf("/elsewhere/a.json")).toEqual({ uri: pathToFileURL("/elsewhere/a.json").href });
    expect(uriOf("../a.json")).toEqual({ uri: pathToFileURL(resolve("../a.json")).href });
    expect(uriOf("http://[::1]:8000/a%20b c.json")).toEqual({ uri: "http://[::1]:8000/a%20b%20c.json" });
  });

  it("places what has no place in a document at its beginning, an entry of the baseline too", () => {
    const entry = { id: "x", reason: "r", expires: "2027-01-31", state: "stale" } as const;
    const report = reportOf([sampleCase("fail")], { mode: "registry", baseline: [entry] });
    const text = renderReport("sarif", { ...report, target: { ...report.target, name: "registry.json" } });
    const places = JSON.parse(text).runs[0].results.map(
      ({ locations }: { locations: { physicalLocation: object }[] }) => locations[0]?.physicalLocation,
    );
    const beginning = {
      artifactLocation: { uri: "registry.json", uriBaseId: "%SRCROOT%" },
      region: { startLine: 1, startColumn: 1 },
    };
    expect(places).toEqual([beginning, beginning]);
  });

  it("cuts no character in two", () => {
    const found = "\u{1f600}".repeat(4000);
    for (const title of ["", "a"]) {
      const text = renderReport("sarif", reportOf([sampleCase("fail", { title, expected: "x", found })]));
      expect(text).not.toMatch(/\\ud[89a-f]/i);
    }
  });

  it("places faults in documents, each with a fingerprint of its own", () => {
    const placed = log.results.flatMap((result: { locations: { physicalLocation?: object }[] }) =>
      result.locations.flatMap(({ physicalLocation = [] }) => physicalLocation),
    );
    expect(placed).toEqual([
      {
        artifactLocation: { uri: "data/my%20registry.json", uriBaseId: "%SRCROOT%" },
        region: { startLine: 3, startColumn: 7 },
      },
      { artifactLocation: { uri: "https://a.example/registry.json" }, region: { startLine: 9, startColumn: 1 } },
    ]);
    const prints = log.results.map(({ partialFingerprints }: { partialFingerprints: object }) =>
      JSON.stringify(partialFingerprints),
    );
    expect(new Set(prints).size).toBe(prints.length);
  });
});

describe("TAP", () => {
  it("skips, and marks what does not fail the run", () => {
    const { tests, ok } = readTap(renderReport("tap", hostileReport()));
    expect(ok).toBe(false);
    expect(tests.map((test) => [test.ok, test.skip !== false, test.todo !== false])).toEqual([
      [true, false, false],
      [false, false, false],
      [false, false, true],
      [false, false, false],
      [false, false, true],
      [true, true, false],
      [false, false, false],
      [false, false, false],
      [false, false, false],
    ]);
    expect(tests[3]?.name).toMatch(/\} \{\.\.\.$/);
    expect(tests[1]?.diag).toMatchObject({ outcome: "fail", rule: "ENV-001 A rule. [wire 2.1]" });
    expect(readTap(renderReport("tap", warned)).ok).toBe(true);
    expect(readTap(renderReport("tap", warned, { strict: true })).ok).toBe(false);
  });
});

describe("Markdown", () => {
  it("folds the bytes, and no text of the agent is markup", () => {
    const page = renderReport("markdown", hostileReport());
    expect(page).toMatch(/^## ASAP conformance: ❌ 5 findings\n/);
    expect(page).toMatch(/^\| core \| broken \| 1 \| 2 \| 1 \| 1 \| 1 \| 1 \| /m);
    const outside = page.replace(/^(`{3,})text\n[\s\S]*?\n\1`*$/gm, "");
    expect(outside.match(/<[a-z/!][^>]*>/g)?.filter((tag) => !/^<\/?(details|summary)>$/.test(tag))).toEqual([]);
  });

  it("stays under the limit of a job page, and says what it left out", () => {
    const many = Array.from({ length: 800 }, (_, at) =>
      sampleCase("fail", { id: `envelope.${at}`, found: "x".repeat(500), expected: "€".repeat(2000) }),
    );
    const page = renderReport("markdown", reportOf(many));
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(page).toContain("800 findings in all");
  });
});

describe("badges", () => {
  it("name the profiles that hold, or count findings", () => {
    expect(JSON.parse(renderReport("badge-json", good))).toEqual({
      schemaVersion: 1,
      label: "ASAP",
      message: "conforms · core",
      color: "1a7f37",
    });
    expect(JSON.parse(renderReport("badge-json", hostileReport()))).toMatchObject({ message: "5 findings" });
    expect(JSON.parse(renderReport("badge-json", warned))).toMatchObject({ message: "no findings in 2 cases" });
    expect(JSON.parse(renderReport("badge-json", warned, { strict: true }))).toMatchObject({ message: "1 finding" });
    expect(renderReport("badge", good)).toContain("<title>ASAP: conforms · core</title>");
  });
});

describe("text", () => {
  it("tells profiles, the section of a rule, known failures and what is wrong with the baseline", () => {
    const text = renderReport("text", hostileReport());
    expect(text).toMatch(
      /^ {2}webhooks {5}not declared webhooks\.push is not among its capabilities; 1 not-applicable$/m,
    );
    expect(text).toMatch(/^ {2}rule {6}ENV-001 A rule\. \[wire 2\.1\]$/m);
    expect(text).toMatch(/^FLAKY envelope\.flaky: /m);
    expect(text).toMatch(/^ {2}tries {5}3$/m);
    expect(text).toMatch(/^known envelope\.known: A claim \(until 2027-01-31: /m);
    expect(text).toMatch(/^ {2}STALE task\.old passes now; take it out of the baseline \(was broken\)$/m);
    expect(text).toMatch(/^ {2}EXPIRED /m);
    expect(text).toMatch(/^ {2}place {5}data\/my registry\.json:3:7 \(\/agents\/0\/id\): /m);
    expect(renderReport("text", warned, { strict: true })).toContain("FINDINGS");
  });
});
