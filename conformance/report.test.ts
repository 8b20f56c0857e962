import { describe, expect, it } from "vitest";
import { type CaseResult, exitCode, type Report, renderJson } from "./report.js";
import { renderCase, renderText } from "./reports/text.js";
import { reportOf, sampleCase } from "./testing/sample-report.js";

const result = sampleCase;
const report = (cases: readonly CaseResult[], planned?: number): Report =>
  reportOf(cases, { outcome: "findings", notes: ["A note."] }, planned);

describe("exitCode()", () => {
  it("is 0 without findings, warnings included unless strict", () => {
    const cases = [result("pass"), result("warn"), result("not-applicable")];
    const warned: Report = { ...report(cases), outcome: "conforms" };
    expect(exitCode(warned)).toBe(0);
    expect(exitCode(warned, { strict: true })).toBe(1);
  });

  it("is 1 with findings and 2 when a case could not be judged or did not run", () => {
    expect(exitCode(report([result("pass"), result("fail")]))).toBe(1);
    expect(exitCode(report([result("fail"), result("error")]))).toBe(2);
    expect(exitCode(report([result("pass")], 2))).toBe(2);
    expect(exitCode({ ...report([]), outcome: "could-not-run" })).toBe(2);
  });
});

describe("renderText()", () => {
  it("counts areas, tells findings in full and names what does not apply", () => {
    const text = renderText(
      report([
        result("pass"),
        result("fail", { expected: "this", found: "that" }),
        result("not-applicable", { reason: "no need" }),
      ]),
    );
    expect(text).toMatch(/^ {2}envelope {5}1 pass, 1 fail, 1 not-applicable$/m);
    expect(text).toMatch(
      /^FAIL {2}envelope\.fail: A claim\n {2}rule {6}ENV-001 A rule\. \[wire 2\.1\]\n {2}expected {2}this\n {2}found {5}that$/m,
    );
    expect(text).toMatch(/^n\/a {3}envelope\.not-applicable: no need$/m);
    expect(text).toMatch(/^note: A note\.$/m);
    expect(text).toMatch(/FINDINGS: 3 of 3 cases run: 1 pass, 1 fail, 0 warn, 1 not applicable, in 1\.5 s\n$/);
  });

  it("gives findings beyond the limit one line each", () => {
    const text = renderText(report([result("fail", { found: "a\nb" }), result("fail", { found: "c\nd" })]), {
      maxDetails: 1,
    });
    expect(text).toMatch(/^FAIL {2}envelope\.fail: A claim \(found c\)$/m);
  });

  it("tells many cases that do not apply for one reason in one line", () => {
    const left = Array.from({ length: 7 }, (_, at) =>
      result("not-applicable", { id: `auth.${at}`, area: "auth", reason: "no port" }),
    );
    const text = renderText(report([...left, result("not-applicable", { reason: "no port" })]));
    expect(text.match(/^n\/a.*$/gm)).toEqual([
      "n/a   7 cases of auth: no port",
      "n/a   envelope.not-applicable: no port",
    ]);
  });

  it("tells what the token of a finding says", () => {
    const exchange = {
      sent: "a",
      received: "b",
      status: 200,
      atMs: 0,
      elapsedMs: 1,
      token: { header: { alg: "none" }, claims: { sub: "x" } },
    };
    expect(renderText(report([result("fail", { exchanges: [exchange] })]))).toMatch(
      /^ {2}token {5}\{"alg":"none"\} \{"sub":"x"\}$/m,
    );
  });

  it("hands a terminal nothing to obey that came from the agent", () => {
    const evil = "\u001b]0;owned\u0007\u009b31m\rnice";
    const cases = [
      result("fail", { found: evil }),
      result("error", { reason: evil }),
      result("not-applicable", { reason: evil }),
    ];
    const whole = { ...report(cases), notes: [evil], target: { name: "http://x", agentId: evil, agentVersion: evil } };
    const told =
      renderText(whole) +
      renderText({ ...whole, outcome: "could-not-run", reason: evil }) +
      renderText(whole, { maxDetails: 0 });
    expect(told).toContain("nice");
    expect([...told].filter((char) => "\u001b\u0007\u009b\r".includes(char))).toEqual([]);
  });

  it("colours only when asked", () => {
    expect(renderText(report([result("fail")]))).not.toContain("\u001b");
    expect(renderText(report([result("fail")]), { color: true })).toContain("\u001b[31mFAIL");
    expect(renderCase(result("pass"), { color: true })).toContain("\u001b[32mpass");
  });
});

describe("renderJson()", () => {
  it("is the report, and ends in a line break", () => {
    const whole = report([result("pass")]);
    expect(JSON.parse(renderJson(whole))).toEqual(whole);
    expect(renderJson(whole).endsWith("}\n")).toBe(true);
  });
});
