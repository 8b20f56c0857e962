import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";

const client = fileURLToPath(new URL("../../conformance/client/testing/fetch-client.mjs", import.meta.url));
const command = ["--", process.execPath, client];
const judge = (flags: readonly string[], words: readonly string[] = command, env: Record<string, string> = {}) =>
  asap(["conformance", "client", ...flags, ...words], { env });

describe("asap conformance client", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "asap-client-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("ends with 0 for a client that does all it should, and writes the reports that are asked for", async () => {
    const path = join(folder, "report.xml");
    const { code, out, err } = await judge(["--only", "send", "--verbose", "--report", `junit=${path}`, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mode: "client", outcome: "conforms", counts: { fail: 0 } });
    expect(err).toContain("client.send.path");
    expect(await readFile(path, "utf8")).toContain("client.send.path");
  });

  test("hands on what stands after --, options too", async () => {
    const script = "process.exit(process.argv.slice(1, -1).join() === '--json,--only,x,--,y' ? 77 : 1)";
    const words = ["--", process.execPath, "-e", script, "--", "--json", "--only", "x", "--", "y"];
    const { code, out } = await judge(["--only", "send"], words);
    expect(out).toContain("exit code 77");
    expect(code).toBe(2);
  });

  test("ends with 1 for findings, told in text, and with 0 when the baseline knows them", async () => {
    const found = await judge(["--only", "client.send.path"], command, { FAULT: "path" });
    expect(found.code).toBe(1);
    expect(found.out).toContain("POST / HTTP/1.1");
    expect(found.out).toContain("asap conformance client --only 'client.send.*' -- ");
    const baseline = join(folder, "baseline.json");
    const entry = { id: "client.send.path", reason: "an old gateway", expires: "2999-12-31" };
    await writeFile(baseline, JSON.stringify({ cases: [entry] }));
    const known = await judge(["--only", "client.send.path", "--baseline", baseline], command, { FAULT: "path" });
    expect(known.code).toBe(0);
  });

  test("chooses by --only, --skip and --level", async () => {
    const { out } = await judge(
      ["--list", "--json", "--only", "send", "--skip", "client.send.u*", "--level", "SHOULD"],
      [],
    );
    expect(JSON.parse(out)).toEqual([]);
    const all = await judge(["--list", "--only", "send", "--level", "SHOULD"], []);
    expect(all.out).toMatch(/^client\.send\.ulid {2}SHOULD {2}.* \(URN-007\)$/m);
    expect(all.code).toBe(0);
  });

  test("prints the list of scenarios without a command", async () => {
    const text = await judge(["--scenarios"], []);
    expect(text.out).toContain("send (core)\n  Send a task for the skill echo");
    const { out } = await judge(["--scenarios", "--json"], []);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ name: "send", profile: "core", env: [] }));
  });

  test("ends with 2 for a command that is not there", async () => {
    const { code, out } = await judge([], ["--", join(folder, "nobody")]);
    expect(out).toContain("the command cannot be started: there is no such program");
    expect(code).toBe(2);
  });

  test.each([
    ["no command", [], [], "no command is given; it comes after --"],
    ["a command without --", [], ["node", "x.js"], "node stands before --; the command to start comes after it"],
    ["a name of nothing", ["--only", "sned"], command, "no case, scenario or requirement is called sned"],
    ["a level that is none", ["--level", "MAY"], command, "It must be one of MUST, SHOULD"],
    ["no time", ["--timeout", "0"], command, "above 0"],
    ["an unknown option", ["--nolist"], command, "unknown option '--nolist'"],
  ])("ends with 64 for %s", async (_, flags, words, message) => {
    const { code, err, out } = await judge(flags, words);
    expect(err).toContain(message);
    expect(err).toMatch(/\(usage\)\n$/);
    expect(out).toBe("");
    expect(code).toBe(64);
  });

  test("names the member of a baseline that does not fit", async () => {
    const path = join(folder, "wrong.json");
    await writeFile(path, '{"cases":[{"id":"client.send.path"}]}');
    const { code, err } = await judge(["--baseline", path]);
    expect(err).toContain("cases[0].reason is missing");
    expect(code).toBe(64);
  });
});
