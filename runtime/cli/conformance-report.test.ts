import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Report } from "../../conformance/index.js";
import { junitFaults, sarifFaults } from "../../conformance/testing/published-schemas.js";
import { hostileReport, reportOf, sampleCase } from "../../conformance/testing/sample-report.js";
import { memoryIo } from "../testing/memory-io.js";
import { addReportOptions, printReport, type ReportCommandOptions, showProgress } from "./conformance-report.js";

vi.setConfig({ testTimeout: 120_000 });
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Options as the command line gives them. */
function parse(...argv: string[]): ReportCommandOptions {
  const command = addReportOptions(
    new Command()
      .option("--json")
      .exitOverride()
      .configureOutput({ outputError: () => {} }),
  );
  return command.parse(argv, { from: "user" }).opts();
}

async function print(report: Report, ...argv: string[]) {
  const io = memoryIo({ cwd: folder });
  const code = await printReport(report, parse(...argv), io);
  return { code, out: io.out(), err: io.err(), files: (await readdir(folder)).sort() };
}
const read = (name: string) => readFile(join(folder, name), "utf8");

const good = reportOf([sampleCase("pass")]);
const warned = reportOf([sampleCase("pass"), sampleCase("warn")]);

describe("options of a report", () => {
  test("print the form that --format names; --json is one of them, text the one unless set", async () => {
    expect((await print(good)).out).toContain("CONFORMS");
    expect(JSON.parse((await print(good, "--json")).out)).toEqual(good);
    expect((await print(good, "--format", "tap")).out).toMatch(/^TAP version 14\n/);
    expect((await print(good, "--json", "--format", "badge")).out).toMatch(/^<svg /);
  });

  test("write a file for each --report, whose ending tells the form where no other is named", async () => {
    const names = ["r.json", "r.xml", "r.sarif", "r.tap", "r.md", "r.html", "r.svg", "r.txt"];
    const more = ["--report", "badge-json=b=1.json"];
    const { code, err, files } = await print(hostileReport(), ...names.flatMap((name) => ["--report", name]), ...more);
    expect([code, err]).toEqual([1, ""]);
    expect(files).toEqual(["b=1.json", ...names].sort());
    expect(JSON.parse(await read("r.json"))).toEqual(JSON.parse(JSON.stringify(hostileReport())));
    expect(await junitFaults(await read("r.xml"))).toEqual([]);
    expect(sarifFaults(await read("r.sarif"))).toEqual([]);
    expect(await read("r.html")).toMatch(/^<!doctype html>/);
    expect(await read("r.md")).toMatch(/^## ASAP conformance/);
    expect(await read("r.tap")).toMatch(/^TAP/);
    expect(await read("r.svg")).toMatch(/^<svg/);
    expect(await read("r.txt")).not.toContain("\u001b");
    expect(JSON.parse(await read("b=1.json"))).toMatchObject({ message: "5 findings" });
  });

  test("replace a file, and follow a link to one", async () => {
    await writeFile(join(folder, "old.json"), "old");
    await mkdir(join(folder, "in"));
    await symlink(join(folder, "old.json"), join(folder, "in", "link.json"));
    await print(good, "--report", "in/link.json");
    expect(JSON.parse(await read("old.json"))).toEqual(good);
    expect(await readdir(join(folder, "in"))).toEqual(["link.json"]);
  });

  test("make warnings findings with --strict", async () => {
    expect((await print(warned)).code).toBe(0);
    const strict = await print(warned, "--strict", "--report", "r.sarif");
    expect(strict.code).toBe(1);
    expect(strict.out).toContain("FINDINGS");
    expect(JSON.parse(await read("r.sarif")).runs[0].invocations[0].exitCode).toBe(1);
  });

  test.each([
    [["xml=r.xml"], /format must be one of text, json/],
    [["markdwn=r.md"], /Did you mean markdown\?/],
    [["r.doc"], /FORMAT=PATH/],
    [["html="], /FORMAT=PATH/],
    [["html=-"], /FORMAT=PATH/],
    [["r.html", "html=r.html"], /Two reports go to one path/],
  ])("refuse --report %j", (values, message) => {
    expect(() => parse(...values.flatMap((value) => ["--report", value]))).toThrow(message);
  });
});

describe("a report that cannot be written", () => {
  test.each([
    ["nowhere/r.json", "there is no such folder"],
    ["taken.json", "it is a folder"],
    ["plain.txt/r.json", "a part of the path is no folder"],
  ])("to %s says so, ends with 2 and leaves no other behind", async (path, reason) => {
    await mkdir(join(folder, "taken.json"));
    await writeFile(join(folder, "plain.txt"), "");
    const { code, out, err, files } = await print(good, "--report", "first.html", "--report", path);
    expect(code).toBe(2);
    expect(err).toMatch(/^asap: cannot write [^\n]+ \(asap:config\/invalid_option\)\n$/);
    expect(err).toContain(`${path}: ${reason}`);
    expect(out).toContain("CONFORMS");
    expect(files).toEqual(["plain.txt", "taken.json"]);
  });
});

describe("progress", () => {
  test("tells cases and findings in one line, waits, and ends with nothing", () => {
    const shown: string[] = [];
    const io = { ...memoryIo(), status: (text: string) => void shown.push(text) };
    const progress = showProgress(io);
    progress.onCase(sampleCase("fail"), 1, 2);
    progress.onWait(1500);
    progress.onCase(sampleCase("pass"), 2, 2);
    progress.end();
    expect(shown).toEqual([
      "[############------------] 1 of 2 cases, 1 to look at",
      "[############------------] 1 of 2 cases, 1 to look at; waiting 2 s for a rate limit",
      "[########################] 2 of 2 cases, 1 to look at",
      "",
    ]);
    expect(shown.every((text) => text.length < 90)).toBe(true);
    expect(io.err()).toBe("");
  });

  test("logs each case when told how", () => {
    const io = memoryIo();
    showProgress(io, ({ id }) => id).onCase(sampleCase("pass"), 1, 1);
    expect(io.err()).toBe("envelope.pass\n");
  });
});
