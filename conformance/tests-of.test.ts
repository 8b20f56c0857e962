import { AssertionError } from "node:assert";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeRegistry } from "./document/judge.js";
import { soundRegistry } from "./mutants/documents.js";
import type { Report } from "./report.js";
import { judgeServer } from "./run.js";
import { testsOf } from "./tests-of.js";

const failing = (report: Report, options = {}) =>
  testsOf(report, options).flatMap(({ name, skip, run }) => {
    if (skip !== false) return [];
    try {
      run();
      return [];
    } catch (cause) {
      expect(cause).toBeInstanceOf(AssertionError);
      return [{ name, message: (cause as AssertionError).message }];
    }
  });

const wrong = JSON.stringify(soundRegistry()).replace("acme:billing", "acme:Billing");
const lax = JSON.stringify(soundRegistry()).replace("10:20:00Z", "10:20:00+00:00");

describe("tests of a report", () => {
  it("are named by the cases, after the one on the whole", async () => {
    const report = await judgeRegistry(JSON.stringify(soundRegistry()));
    expect(testsOf(report).map(({ name }) => name)).toEqual(["verdict", ...report.cases.map(({ id }) => id)]);
    expect(failing(report, { strict: true })).toEqual([]);
  });

  it("fail where a MUST is broken, and tell the rule, the expectation and the place", async () => {
    const [only, ...others] = failing(await judgeRegistry(wrong));
    expect(others).toEqual([]);
    expect(only?.name).toBe("registry-document.entry.id.form");
    expect(only?.message).toMatch(/URN-001[\s\S]*expected +an agent URN[\s\S]*registry\.json:1:\d+/);
  });

  it("fail on warnings where that is asked for alone", async () => {
    const report = await judgeRegistry(lax);
    expect(failing(report)).toEqual([]);
    expect(failing(report, { strict: true }).map(({ name }) => name)).toEqual(["registry-document.updated-at.utc"]);
  });

  it("are skipped with the reason where a case does not apply or its failure is known", async () => {
    const known = { id: "registry-document.entry.id.form", reason: "to be renamed", expires: "2999-01-01" };
    const tests = testsOf(await judgeRegistry(wrong, { baseline: [known], form: "later" }));
    const skipOf = (id: string) => tests.find(({ name }) => name === `registry-document.${id}`)?.skip;
    expect(skipOf("entry.id.form")).toBe("known until 2999-01-01: to be renamed");
    expect(skipOf("entry.closed")).toContain("later versions");
    expect(skipOf("entry.id.type")).toBe(false);
  });

  it("fail when the baseline is not current", async () => {
    const stale = { id: "registry-document.entry.id.form", reason: "to be renamed", expires: "2999-01-01" };
    const report = await judgeRegistry(JSON.stringify(soundRegistry()), { baseline: [stale] });
    expect(failing(report).map(({ name }) => name)).toEqual(["verdict"]);
  });

  describe("of an agent that is not there", () => {
    const server = createServer();
    let port: number;
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      port = (server.address() as { port: number }).port;
      server.close();
    });
    afterAll(() => void server.close());

    it("fail: nothing judged is no success", async () => {
      const report = await judgeServer(`http://127.0.0.1:${port}`);
      const [first] = failing(report);
      expect(first?.name).toBe("verdict");
      expect(first?.message).toContain(`no verdict on http://127.0.0.1:${port}`);
    });
  });
});
