import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Report } from "../report.js";
import { exitCode } from "../report.js";
import { judgeClient } from "./judge.js";
import type { JudgeClientOptions } from "./options.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const command = [process.execPath, here("testing/fetch-client.mjs")];
const basic = ["discover", "send", "send-twice", "answer-error"];

const judge = (fault: string, options: Partial<JudgeClientOptions> = {}): Promise<Report> =>
  judgeClient({ command, env: { ...process.env, FAULT: fault }, only: ["send"], ...options });
const ids = ({ cases }: Report, ...outcomes: readonly string[]) =>
  cases.filter(({ outcome }) => outcomes.includes(outcome)).map(({ id }) => id);
/** Whether a process runs: neither gone nor ended and not yet looked after by its parent. */
const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc") || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

describe("a client", () => {
  test("that only knows fetch passes all that it does", async () => {
    const seen: string[] = [];
    const onCase: JudgeClientOptions["onCase"] = ({ id }, done, planned) => seen.push(`${id} ${done}/${planned}`);
    const report = await judgeClient({ command, only: basic, onCase });
    expect(ids(report, "fail", "warn", "flaky", "error", "not-applicable")).toEqual([]);
    expect(report).toMatchObject({ mode: "client", outcome: "conforms", notes: [] });
    expect(report.target.name).toContain("fetch-client.mjs");
    expect(report.counts.pass).toBe(report.counts.planned);
    expect(seen).toHaveLength(report.counts.planned);
    expect(seen.at(-1)).toContain(`${report.counts.planned}/${report.counts.planned}`);
    expect(exitCode(report, { strict: true })).toBe(0);
  });

  test.each([
    ["path", ["client.send.path"]],
    ["stale", ["client.send.fresh"]],
    ["extra", ["client.send.rpc-members"]],
    ["twice", ["client.send.once"]],
    ["spelling", ["client.send.payload-type"]],
  ])("that goes wrong in one thing (%s) breaks that rule alone", async (fault, broken) => {
    const report = await judge(fault);
    expect(ids(report, "fail", "warn", "flaky")).toEqual(broken);
    expect(exitCode(report)).toBe(1);
  });

  test("is not judged again without reruns", async () => {
    const { cases } = await judge("stale", { reruns: 0 });
    const finding = cases.find(({ id }) => id === "client.send.fresh");
    expect(finding?.outcome).toBe("fail");
    expect(finding?.attempts).toBeUndefined();
  });

  test("gets a finding with the bytes, the rule, the expectation and a line to repeat it", async () => {
    const { cases } = await judge("stale");
    const finding = cases.find(({ id }) => id === "client.send.fresh");
    expect(finding).toMatchObject({ outcome: "fail", at: 0, attempts: 2 });
    expect(finding?.rules.map(({ source }) => source)).toEqual(["wire 8.1", "wire 8.1"]);
    expect(finding?.expected).toBe("a time from 300 s ago to 30 s ahead");
    expect(finding?.found).toMatch(/^2020-01-01T00:00:00.000Z, \d+ s old$/);
    expect(finding?.exchanges?.[0]?.received).toMatch(/^POST \/asap HTTP\/1.1\n(.+\n)*\n\{"jsonrpc"/);
    expect(finding?.exchanges?.[0]?.sent).toMatch(/^HTTP\/1.1 200\n(.+\n)*\n\{"jsonrpc"/);
    expect(finding?.replay).toMatch(/^asap conformance client --only 'client\.send\.\*' -- .*fetch-client\.mjs$/);
  });

  test("that ends with another code than 0 has not done what it was asked to", async () => {
    const report = await judge("exit-1");
    const completed = report.cases.find(({ id }) => id === "client.send.completed");
    expect(completed).toMatchObject({ outcome: "fail", found: expect.stringContaining("exit code 1") });
    expect(ids(report, "pass")).toEqual([]);
    expect(exitCode(report)).toBe(1);
  });

  test("that crashes is told by its signal", async () => {
    const report = await judge("crash");
    expect(report.cases[0]?.found).toContain("ended by SIGSEGV");
  });

  test.each([
    ["hang", "had not ended"],
    ["stubborn", "had not ended"],
  ])("that never ends (%s) is ended at its time", async (fault, found) => {
    const report = await judge(fault, { timeoutMs: 400 });
    expect(report.cases[0]).toMatchObject({ outcome: "fail", found: expect.stringContaining(found) });
    expect(report.cases[0]?.attempts).toBeUndefined();
  });

  test("that goes wrong at first and not again is flaky, and told as it went wrong", async () => {
    const mark = join(tmpdir(), `asap-flaky-${process.pid}`);
    const script = `const fs = require("node:fs"); fs.existsSync(${JSON.stringify(mark)}) || process.exit(fs.writeFileSync(${JSON.stringify(mark)}, "") ?? 3); fetch(process.argv.at(-1) + "/.well-known/asap/manifest.json")`;
    const report = await judgeClient({
      command: [process.execPath, "-e", script],
      only: ["client.discover.completed"],
    }).finally(() => rmSync(mark, { force: true }));
    expect(report.cases).toMatchObject([{ outcome: "flaky", attempts: 2, found: expect.stringContaining("code 3") }]);
    expect(exitCode(report)).toBe(1);
  });

  test("that says that it does not do a scenario is not judged by it", async () => {
    const report = await judge("decline");
    expect(ids(report, "not-applicable")).toHaveLength(report.counts.planned);
    expect(report.cases[0]?.reason).toContain("exit code 77");
    expect(report.notes).toEqual(["The client declined the scenario send (exit code 77)."]);
    expect(exitCode(report)).toBe(2);
  });

  test("that prints a secret does not get it into the report", async () => {
    const env = { ...process.env, FAULT: "secret", MY_TOKEN: "tok-5f1b2c" };
    const report = await judge("secret", { env, command: [...command, "--api-key", "k-99881", "--token=tok-5f1b2c"] });
    expect(report.cases[0]?.found).toContain("my token is ***");
    expect(JSON.stringify(report)).not.toContain("tok-5f1b2c");
    expect(JSON.stringify(report)).not.toContain("k-99881");
    expect(report.target.name).toMatch(/--api-key \*\*\* --token=\*\*\*$/);
  });

  test("that sends credentials does not get them into the report", async () => {
    const report = await judge("credentials");
    expect(ids(report, "fail")).toEqual(["client.send.jsonrpc"]);
    expect(JSON.stringify(report)).toContain("Authorization: Bearer ***");
    expect(JSON.stringify(report)).not.toContain("abcdefghijklmnop");
  });

  test("that leaves a process behind is told of it, and the process is ended", async () => {
    const report = await judge("orphan", { timeoutMs: 5000 });
    const pid = Number(/child (\d+)/.exec(JSON.stringify(report))?.[1]);
    expect(report.notes).toEqual(["The client left processes of the scenario send behind; they were ended."]);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

describe("a command", () => {
  test.each([
    ["that is not there", ["/no/such/program"], "no such program"],
    ["that may not be run", [here("judge.test.ts")], "may not be run"],
  ])("%s makes no verdict", async (_, words, reason) => {
    const report = await judgeClient({ command: words, only: basic });
    expect(report).toMatchObject({ outcome: "could-not-run", cases: [] });
    expect(report.reason).toContain(reason);
    expect(exitCode(report)).toBe(2);
  });

  test("is started in the folder that is named, with the URL as its last argument and what the scenario sets", async () => {
    const script =
      "process.exit(process.argv.at(-1) === process.env.ASAP_CONFORMANCE_URL && process.cwd() === '/' ? 77 : 1)";
    const report = await judgeClient({ command: [process.execPath, "-e", script], cwd: "/", only: ["discover"] });
    expect(report.counts.notApplicable).toBe(report.counts.planned);
  });

  test("is ended when the run is stopped, and what was not judged is an error", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const report = await judge("hang", { signal: stop.signal });
    expect(report).toMatchObject({ outcome: "could-not-run", reason: "the run was stopped" });
    expect(report.counts.error).toBe(report.counts.planned);
  });

  test.each([
    ["no program", { command: [] }, TypeError],
    ["a null character", { command: ["a\0b"] }, TypeError],
    ["no time", { command, timeoutMs: 0 }, RangeError],
    ["fewer reruns than none", { command, reruns: -1 }, RangeError],
    ["a name of nothing", { command, only: ["sned"] }, RangeError],
  ])("with %s is refused", async (_, options, error) => {
    await expect(judgeClient(options)).rejects.toThrow(error);
  });
});
