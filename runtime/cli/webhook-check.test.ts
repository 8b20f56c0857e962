import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { targetCases } from "../webhooks/testing/target-cases.js";

let program: BundledProgram;
let folder: string;
beforeAll(async () => {
  program = await bundleProgram("runtime/cli/main.ts");
  folder = mkdtempSync(join(tmpdir(), "asap-webhook-check-"));
});
afterAll(() => {
  program.remove();
  rmSync(folder, { recursive: true, force: true });
});

const check = (...argv: string[]) => asap(["webhook", "check", ...argv]);
const judge = async (lines: readonly string[], ...argv: string[]) => {
  const stdin = lines.join("\n");
  const { code, out, err } = await asap(["webhook", "check", "--jsonl", "-", ...argv], { stdin });
  const verdicts = out.split("\n").filter((line) => line !== "");
  return { code, err, verdicts: verdicts.map((line) => JSON.parse(line) as Record<string, unknown>) };
};
const rejected = "asap:transport/webhook_url_rejected";

describe("the command as it is compiled", () => {
  const documents = targetCases.map(({ url, dns = {}, requireHttps }) =>
    JSON.stringify({ url, dns, ...(requireHttps !== undefined && { require_https: requireHttps }) }),
  );
  const run = (argv: string[], input?: string) =>
    spawnSync(process.execPath, [program.path, "webhook", "check", ...argv], { encoding: "utf8", input });

  test("judges every URL of the table as the table says", () => {
    const file = join(folder, "urls.jsonl");
    writeFileSync(file, documents.join("\n"));
    const { status, stdout, stderr } = run(["--jsonl", file]);
    expect([status, stderr]).toEqual([1, ""]);
    const verdicts = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { allowed: boolean });
    expect(verdicts).toHaveLength(targetCases.length);
    for (const [index, { url, rule }] of targetCases.entries()) {
      const wanted =
        rule === null
          ? { allowed: true, code: null, reason: null }
          : { allowed: false, code: rejected, reason: expect.any(String) };
      expect(verdicts[index], `${rule}: ${url}`).toEqual(wanted);
      expect(Object.keys(verdicts[index] ?? {})).toEqual(["allowed", "code", "reason"]);
    }
  });

  test("reads standard input, and ends with 0 where all is allowed", () => {
    const good = documents.filter((_, index) => targetCases[index]?.rule === null);
    const { status, stdout } = run(["--jsonl", "-"], `${good.join("\r\n")}\n\n`);
    expect([status, stdout.trimEnd().split("\n").length]).toEqual([0, good.length]);
  });

  test.each([
    [0, "https://93.184.215.14/hook", "allowed: https://93.184.215.14/hook\n"],
    [1, "http://93.184.215.14/hook", "blocked: http://93.184.215.14/hook: its scheme is not https\n"],
  ])("ends with %i for %s", (code, url, text) => {
    const { status, stdout } = run([url]);
    expect([status, stdout]).toEqual([code, text]);
  });
});

describe("asap webhook check URL", () => {
  test("tells the address that a name is refused for, and no secret of the URL", async () => {
    const { code, out } = await check(
      "https://hooks.example/a?key=private",
      "--resolve",
      "hooks.example=93.184.215.14,10.0.0.1",
    );
    expect([code, out]).toEqual([
      1,
      "blocked: https://hooks.example/a: its address is not public: private (10.0.0.1)\n",
    ]);
  });

  test("--resolve stands in for DNS, several times, names in any form", async () => {
    const given = [
      "--resolve",
      "HOOKS.example.=93.184.215.14",
      "--resolve",
      "bücher.example=2001:4860:4860::8888,93.184.215.14",
    ];
    expect((await check("https://hooks.example/", ...given)).code).toBe(0);
    expect((await check("https://xn--bcher-kva.example/", ...given)).code).toBe(0);
    const other = await check("https://other.example/", ...given);
    expect([other.code, other.out]).toEqual([1, "blocked: https://other.example/: its host does not resolve\n"]);
    expect((await check("https://hooks.example/", ...given, "--resolve", "hooks.example=127.0.0.1")).code).toBe(1);
  });

  test("--json prints the verdict of a line", async () => {
    expect(JSON.parse((await check("https://127.0.0.1/", "--json")).out)).toEqual({
      allowed: false,
      code: rejected,
      reason: "its address is not public: loopback",
    });
    expect(JSON.parse((await check("https://8.8.8.8/", "--json")).out)).toEqual({
      allowed: true,
      code: null,
      reason: null,
    });
  });

  test.each([
    ["http://93.184.215.14/", ["--allow-http"]],
    ["https://127.0.0.1:8443/", ["--allow-loopback"]],
    ["https://localhost/", ["--allow-loopback"]],
    ["https://10.0.0.1/", ["--allow-private"]],
    ["https://10.0.0.1/", ["--allow-network", "192.168.0.0/16", "--allow-network", "10.0.0.0/8"]],
    ["https://vault.internal/", ["--allow-host", "*.internal", "--resolve", "vault.internal=10.0.0.1"]],
  ])("%s is allowed with %j alone", async (url, flags) => {
    expect((await check(url)).code).toBe(1);
    expect((await check(url, ...flags)).code).toBe(0);
  });

  test("text from a URL does not reach the terminal as a command", async () => {
    const { out } = await check("https://a\u001b[2J.example/\u0007");
    expect(out).toMatch(/^[ -~…]*\n$/);
  });

  test.each([
    [["https://8.8.8.8/", "--resolve", "8.8.8.8"], "host=ip,ip"],
    [["https://8.8.8.8/", "--allow-network", "10.0.0.1"], "--allow-network holds"],
    [["https://8.8.8.8/", "--allow-host", "a/b"], "--allow-host holds"],
    [["https://8.8.8.8/", "--jsonl", "-"], "either a URL or --jsonl"],
    [[], "either a URL or --jsonl"],
    [["https://8.8.8.8/", "--alow-http"], "Did you mean --allow-http?"],
  ])("%j is wrong usage", async (argv, message) => {
    const { code, out, err } = await check(...argv);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain(message);
  });

  test("a file that is not there cannot be judged", async () => {
    const { code, err } = await check("--jsonl", join(folder, "absent.jsonl"));
    expect([code, err]).toEqual([2, expect.stringContaining("there is no such file")]);
  });
});

describe("asap webhook check --jsonl", () => {
  test.each([
    ["asap:rpc/parse_error", "{"],
    ["asap:rpc/parse_error", "https://8.8.8.8/"],
    ["asap:rpc/parse_error", '\ufeff{"url":"https://8.8.8.8/"}'],
    ["asap:rpc/invalid_params", "[]"],
    ["asap:rpc/invalid_params", "null"],
    ["asap:rpc/invalid_params", '"https://8.8.8.8/"'],
    ["asap:rpc/invalid_params", "{}"],
    ["asap:rpc/invalid_params", '{"url":1}'],
    ["asap:rpc/invalid_params", '{"url":null}'],
    ["asap:rpc/invalid_params", '{"url":"https://8.8.8.8/","dns":[]}'],
    ["asap:rpc/invalid_params", '{"url":"https://8.8.8.8/","dns":"8.8.8.8"}'],
    ["asap:rpc/invalid_params", '{"url":"https://8.8.8.8/","dns":{"a.example":"8.8.8.8"}}'],
    ["asap:rpc/invalid_params", '{"url":"https://8.8.8.8/","dns":{"a.example":[1]}}'],
    ["asap:rpc/invalid_params", '{"url":"https://8.8.8.8/","require_https":"no"}'],
    [rejected, '{"url":""}'],
    [rejected, '{"url":"https://constructor.example/","dns":{}}'],
    [rejected, '{"url":"https://__proto__/","dns":{"__proto__":["8.8.8.8"]}}'],
  ])("%s: %s, and the lines after it are judged", async (code, line) => {
    const { code: exit, verdicts } = await judge([line, '{"url":"https://8.8.8.8/"}']);
    expect(exit).toBe(1);
    expect(verdicts).toEqual([
      { allowed: false, code, reason: expect.any(String) },
      { allowed: true, code: null, reason: null },
    ]);
  });

  test("bytes that are not UTF-8 are a malformed line", async () => {
    const stdin = new Uint8Array([0x7b, 0xff, 0x7d, 0x0a]);
    const { code, out } = await asap(["webhook", "check", "--jsonl", "-"], { stdin });
    expect([code, JSON.parse(out)]).toEqual([
      1,
      { allowed: false, code: "asap:rpc/parse_error", reason: "the line is not UTF-8" },
    ]);
  });

  test("a document has the last word on http, the flag on those that say nothing", async () => {
    const lines = [
      '{"url":"http://8.8.8.8/"}',
      '{"url":"http://8.8.8.8/","require_https":true}',
      '{"url":"http://8.8.8.8/","require_https":false}',
    ];
    expect((await judge(lines)).verdicts.map(({ allowed }) => allowed)).toEqual([false, false, true]);
    expect((await judge(lines, "--allow-http")).verdicts.map(({ allowed }) => allowed)).toEqual([true, false, true]);
  });

  test("--resolve stands in for DNS where a document has none of its own", async () => {
    const lines = ['{"url":"https://a.example/"}', '{"url":"https://a.example/","dns":{}}'];
    const { verdicts } = await judge(lines, "--resolve", "a.example=8.8.8.8");
    expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, false]);
  });
});
