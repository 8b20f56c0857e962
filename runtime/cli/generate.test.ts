import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type MemoryIoOptions, memoryIo } from "../testing/memory-io.js";
import { run } from "./run.js";

const ownSpec = fileURLToPath(new URL("../../spec", import.meta.url));
const ownRoot = fileURLToPath(new URL("../..", import.meta.url));

async function asap(argv: readonly string[], options: MemoryIoOptions = {}) {
  const io = memoryIo({ cwd, ...options });
  return { code: await run(argv, io), out: io.out(), err: io.err() };
}

const cancel = "payloads/task-cancel.schema.json";

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const path = join(cwd, "spec", file);
  await writeFile(path, change(await readFile(path, "utf8")));
}

const seen = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

let root = "";
let cwd = "";
let made = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "asap-generate-"));
  made = join(root, "made");
  cwd = root;
  expect((await asap(["generate", "--spec", ownSpec, "--out", made])).code).toBe(0);
});

beforeEach(async () => {
  cwd = await mkdtemp(join(root, "work-"));
  await cp(ownSpec, join(cwd, "spec"), { recursive: true });
  await cp(made, join(cwd, "generated"), { recursive: true });
});

afterAll(() => rm(root, { recursive: true }));

describe("asap generate", () => {
  test("takes ./spec and ./generated when the folder holds a spec, and does nothing when they are current", async () => {
    const { code, out, err } = await asap(["generate"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^generated: \d+ files in \d+ ms: 0 written, 0 deleted, \d+ unchanged\n$/);
  });

  test("takes the spec of the package where the folder holds none", async () => {
    const empty = await mkdtemp(join(root, "empty-"));
    const { code, out } = await asap(["generate", "--json"], { cwd: empty });
    expect(code).toBe(0);
    expect(JSON.parse(out).files).toContain("models/task-request.ts");
    expect(await readFile(join(empty, "generated/protocol.ts"), "utf8")).toBe(
      await readFile(join(made, "protocol.ts"), "utf8"),
    );
  });

  test("--check of this package's own output ends with 0", async () => {
    expect(await asap(["generate", "--check"], { cwd: ownRoot })).toEqual({
      code: 0,
      out: "generated: current\n",
      err: "",
    });
  });

  test("--check ends with 1 after a change of one schema, shows the diff, names the files and writes nothing", async () => {
    await edit(cancel, (text) => text.replace('"reason"', '"because"'));
    const before = await readFile(join(cwd, "generated/models/task-cancel.ts"), "utf8");
    const { code, out, err } = await asap(["generate", "--check"]);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain("changed: models/task-cancel.ts\n");
    expect(out).toMatch(/^-.*reason/m);
    expect(out).toMatch(/^\+.*because/m);
    expect(out).toMatch(/generated: not current: \d+ files differ; run `asap generate`\n$/);
    expect(await readFile(join(cwd, "generated/models/task-cancel.ts"), "utf8")).toBe(before);
    const json = await asap(["generate", "--check", "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out).differences.map(({ file }: { file: string }) => file)).toContain(
      "models/task-cancel.ts",
    );
  });

  test("--check names missing files, and colours the diff when the terminal shows colours", async () => {
    await rm(join(cwd, "generated/states.ts"));
    const { code, out } = await asap(["generate", "--check"], { colour: true });
    expect(code).toBe(1);
    expect(out).toContain("missing: states.ts\n");
    expect(out).toContain("\u001b[32m+");
    expect(out).toMatch(/\(\d+ further lines\)/);
  });

  test("a generated spec is written and then current", async () => {
    await edit(cancel, (text) => text.replace('"reason"', '"because"'));
    expect((await asap(["generate"])).code).toBe(0);
    expect(await readFile(join(cwd, "generated/models/task-cancel.ts"), "utf8")).toContain("because");
    expect((await asap(["generate", "--check"])).code).toBe(0);
  });

  test.each([[["generate"]], [["generate", "--check"]], [["generate", "--json"]]])(
    "%j of a spec with a fault ends with 1, names file and pointer and writes nothing",
    async (argv) => {
      await edit(cancel, (text) => text.replace('"type": "object"', '"type": "objekt"'));
      const { code, out, err } = await asap([...argv, "--out", "fresh"]);
      expect(code).toBe(1);
      expect(err).toMatch(/^asap: payloads\/task-cancel\.schema\.json#\/type: [^\n]+ \(spec\)\n/);
      expect(await seen(join(cwd, "fresh"))).toBe(false);
      if (argv.includes("--json")) {
        expect(JSON.parse(out).problems[0]).toMatchObject({ file: cancel, pointer: "/type" });
      } else expect(out).toBe("");
    },
  );

  test.each([["none"], [`spec/${cancel}`]])("a spec at %s ends with 2", async (spec) => {
    const { code, out, err } = await asap(["generate", "--spec", spec]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^asap: cannot read \S+: it is no folder \(asap:config\/invalid_option\)\n$/);
  });

  test("--check and --watch together are wrong usage", async () => {
    expect((await asap(["generate", "--check", "--watch"])).code).toBe(64);
  });

  test("--watch generates after every change, tells of faults, and ends with 0 when it is stopped", async () => {
    const io = memoryIo({ cwd });
    const ended = run(["generate", "--watch"], io);
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await until(() => io.out().split("\n").length === 2);
    await edit(cancel, (text) => text.replace('"reason"', '"because"'));
    await until(() => io.out().split("\n").length === 3);
    expect(await readFile(join(cwd, "generated/models/task-cancel.ts"), "utf8")).toContain("because");
    await edit(cancel, (text) => text.replace('"type": "object"', '"type": "objekt"'));
    await until(() => io.err() !== "");
    expect(io.err()).toContain(`${cancel}#/type`);
    io.stop();
    expect(await ended).toBe(0);
  });
});
