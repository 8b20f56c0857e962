import { describe, expect, test } from "vitest";
import { type MemoryIoOptions, memoryIo } from "../testing/memory-io.js";
import { commands } from "./commands.js";
import { showsColour } from "./output.js";
import { findPackage } from "./package-root.js";
import { run } from "./run.js";

async function asap(argv: readonly string[], options: MemoryIoOptions = {}) {
  const io = memoryIo(options);
  return { code: await run(argv, io), out: io.out(), err: io.err() };
}

describe("run()", () => {
  test("prints help with every command on standard output and ends with 0", async () => {
    const { code, out, err } = await asap(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    for (const { path } of commands) expect(out).toMatch(new RegExp(`^ {2}${path[0]} `, "m"));
    expect(out).toContain("Examples:");
    expect(out).toContain("64  wrong usage");
  });

  test.each(commands.map(({ path }) => path))(
    "%s %s has help with options, examples and exit codes",
    async (...path) => {
      const words = path.filter((word) => word !== undefined);
      const { code, out, err } = await asap([...words, "--help"]);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain(`Usage: asap ${words.join(" ")} [options]`);
      expect(out).toContain(`  $ asap ${words.join(" ")}`);
      expect(out).toMatch(/Exit codes:\n {2}0 /);
      expect(out).toContain("--json");
    },
  );

  test("prints its version", async () => {
    expect(await asap(["--version"])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test("prints help for a command that is named after help", async () => {
    expect(await asap(["help", "validate"])).toMatchObject({ code: 0, out: expect.stringContaining("--jsonl") });
  });

  test.each([
    [["regisrty", "validate"], "unknown command 'regisrty'", "registry"],
    [["registry", "vlidate"], "unknown command 'vlidate'", "validate"],
    [["serve", "--prot", "1"], "unknown option '--prot'", "--port"],
    [["health", "http://localhost:1", "--jsn"], "unknown option '--jsn'", "--json"],
    [["registry", "validate", "r.json", "--format", "txt"], "argument 'txt' is invalid", "text"],
    [["validate", "--type", "Envelop", "-"], "no type Envelop", "Envelope"],
    [["validate", "--type", "task.reqest", "-"], "no type task.reqest", "TaskRequest"],
  ])("answers %j with 64, one line and the nearest right word", async (argv, wrong, right) => {
    const { code, out, err } = await asap(argv);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]* \(usage\)\n$/);
    expect(err).toContain(wrong);
    expect(err).toContain(right);
  });

  test.each([
    [["serve", "--port", "70000"]],
    [["serve", "--port", "http"]],
    [["serve", "--rate-limit", "fast"]],
    [["serve", "--agent-id", "me"]],
    [["serve", "extra"]],
    [["call", "http://localhost:1"]],
    [["call", "http://localhost:1", "echo", "{"]],
    [["call", "http://localhost:1", "echo", "[1]"]],
    [["health", "http://localhost:1", "--timeout", "0"]],
    [["health", "http://localhost:1", "--header", "novalue"]],
    [["health", "not a URL"]],
    [["discover", "http://agents.example"]],
    [["validate", "x.json"]],
    [["registry", "find", "r.json"]],
  ])("answers %j with 64 and one line", async (argv) => {
    const { code, out, err } = await asap(argv);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(/^asap: [^\n]+ \([\w:/]+\)\n$/);
  });

  test.each([
    ["ASAP_RATE_LIMIT", "fast"],
    ["ASAP_MAX_REQUEST_SIZE", "0"],
    ["ASAP_MAX_REQUEST_SIZE", "10MB"],
  ])("answers %s=%s with 64", async (name, value) => {
    const { code, err } = await asap(["serve", "--port", "0"], { env: { [name]: value } });
    expect(code).toBe(64);
    expect(err).toContain(name);
  });

  test.each([[[]], [["registry"]]])("prints help on standard error and ends with 64 for %j", async (argv) => {
    const { code, out, err } = await asap(argv);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain("Usage: asap");
  });

  test("does not repeat the value of an option it does not know", async () => {
    const { code, err } = await asap(["call", "http://localhost:1", "echo", "{}", "--client-secret=can'ary"]);
    expect([code, err]).toEqual([64, "asap: unknown option '--client-secret' (usage)\n"]);
  });

  test("tells of an unforeseen fault in one line and ends with 2", async () => {
    const io = memoryIo();
    const broken = {
      ...io,
      print: () => {
        throw new Error("the disk is full\nand so am I");
      },
    };
    expect(await run(["registry", "validate", "-"], broken)).toBe(2);
    expect(io.err()).toBe("asap: the disk is full and so am I (asap:rpc/internal_error)\n");
  });

  test("refuses to read more than 64 MiB", async () => {
    const { code, err } = await asap(["registry", "validate", "-"], { stdin: new Uint8Array(64 * 1024 * 1024 + 1) });
    expect(code).toBe(2);
    expect(err).toMatch(/^asap: cannot read standard input: it is over 67108864 bytes \(/);
  });
});

describe("showsColour()", () => {
  test("is for terminals without NO_COLOR", () => {
    expect(showsColour({ isTTY: true }, {})).toBe(true);
    expect(showsColour({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
    expect(showsColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
    expect(showsColour({ isTTY: true }, { TERM: "dumb" })).toBe(false);
    expect(showsColour({}, {})).toBe(false);
  });
});

describe("findPackage()", () => {
  test("says where it looked in vain", () => {
    expect(() => findPackage("/none/of/this/file.js")).toThrow("package.json of asap-kit");
  });
});
