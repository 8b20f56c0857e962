import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { CodegenError, check, generate, watch } from "./index.js";
import { createBench, setIn, specDir, writeSpec } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

const committed = fileURLToPath(new URL("../generated/", import.meta.url));
const request = "payloads/task-request.schema.json";

/** Every file below a folder by its path, with its text. */
function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]));
}

describe("generate()", () => {
  it("writes the same bytes twice, whatever the order of the files in the spec", async () => {
    const first = bench.copySpec();
    const second = join(bench.folder, "reversed");
    for (const entry of readdirSync(first, { recursive: true, withFileTypes: true }).reverse()) {
      const from = join(entry.parentPath, entry.name);
      const to = second + from.slice(first.length);
      if (entry.isFile()) cpSync(from, to, { recursive: true });
    }
    await generate({ spec: first, out: `${first}-out` });
    await generate({ spec: second, out: `${second}-out` });
    expect(contents(`${first}-out`)).toEqual(contents(`${second}-out`));
  });

  it("writes what is committed", async () => {
    const { differences } = await check({ spec: specDir, out: committed });
    expect(differences.map(({ file, kind }) => `${file} ${kind}`)).toEqual([]);
  });

  it("begins every source file with a header that names the hash of the spec", async () => {
    const manifest = JSON.parse(readFileSync(join(committed, ".manifest.json"), "utf8"));
    expect(manifest.spec).toMatch(/^[0-9a-f]{64}$/);
    for (const [file, text] of contents(committed.slice(0, -1))) {
      if (file === ".manifest.json") continue;
      expect(text.split("\n").slice(0, 2), file).toEqual([
        "// Generated from the spec. Do not edit: change the spec and run `asap generate`.",
        `// Spec sha256:${manifest.spec}`,
      ]);
      expect(Object.hasOwn(manifest.files, file), file).toBe(true);
    }
  });

  it("writes nothing when nothing has changed, and mends a file that was edited or lost", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    const { files, written } = await generate({ spec, out });
    expect(written).toEqual(files);
    expect(await generate({ spec, out })).toMatchObject({ written: [], deleted: [], unchanged: files, files });
    const before = contents(out);
    writeFileSync(join(out, "limits.ts"), "edited");
    rmSync(join(out, "models/task.ts"));
    expect((await generate({ spec, out })).written).toEqual(["limits.ts", "models/task.ts"]);
    expect(contents(out)).toEqual(before);
  });

  it("generates again when another version of the package wrote the output, which is no difference by itself", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    await generate({ spec, out });
    const list = readFileSync(join(out, ".manifest.json"), "utf8");
    writeFileSync(join(out, ".manifest.json"), list.replace(/"generator": ".*"/, '"generator": "asap-kit 0.0.0"'));
    expect((await check({ spec, out })).ok).toBe(true);
    expect((await generate({ spec, out })).written).toEqual([]);
    expect(readFileSync(join(out, ".manifest.json"), "utf8")).toBe(list);
  });

  it("deletes what it once wrote and writes no more, with the folders that leaves empty", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    writeSpec(spec, "entities/extra.schema.json", { title: "Extra", type: "string" });
    await generate({ spec, out });
    expect(existsSync(join(out, "models/extra.ts"))).toBe(true);
    writeFileSync(join(out, "notes.md"), "mine");
    mkdirSync(join(out, "old/inner"), { recursive: true });
    cpSync(join(out, "models/extra.ts"), join(out, "old/inner/extra.ts"));
    const list = JSON.parse(readFileSync(join(out, ".manifest.json"), "utf8"));
    list.files["old/inner/extra.ts"] = list.files["models/extra.ts"];
    writeFileSync(join(out, ".manifest.json"), JSON.stringify(list));
    rmSync(join(spec, "entities/extra.schema.json"));
    const { deleted } = await generate({ spec, out });
    expect(deleted).toEqual(["models/extra.ts", "old/inner/extra.ts", "validators/extra.d.ts", "validators/extra.js"]);
    expect(existsSync(join(out, "old"))).toBe(false);
    expect(readFileSync(join(out, "notes.md"), "utf8")).toBe("mine");
    expect(existsSync(join(out, "models/extra.ts"))).toBe(false);
  });

  it("keeps a file that has become somebody else's, and files outside its folder", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    await generate({ spec, out });
    const victim = join(bench.folder, "victim.txt");
    writeFileSync(victim, "mine");
    writeFileSync(join(out, "taken.ts"), "mine");
    const list = JSON.parse(readFileSync(join(out, ".manifest.json"), "utf8"));
    Object.assign(list.files, { "../victim.txt": "0", "models/../../victim.txt": "0", [victim]: "0", "taken.ts": "0" });
    writeFileSync(join(out, ".manifest.json"), JSON.stringify(list));
    setIn(spec, "protocol.json", ["version"], "1.1.1");
    expect((await generate({ spec, out })).deleted).toEqual([]);
    expect(readFileSync(victim, "utf8")).toBe("mine");
    expect(readFileSync(join(out, "taken.ts"), "utf8")).toBe("mine");
  });

  it("refuses to overwrite a file that is not its own, and writes nothing", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    mkdirSync(out);
    writeFileSync(join(out, "index.ts"), "export {};\n");
    const refused = generate({ spec, out });
    await expect(refused).rejects.toThrow(CodegenError);
    await expect(refused).rejects.toMatchObject({ file: "index.ts", reason: expect.stringMatching(/not written by/) });
    expect(readdirSync(out)).toEqual(["index.ts"]);
  });

  it("takes files over that carry its header when the list of files is lost", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    await generate({ spec, out });
    rmSync(join(out, ".manifest.json"));
    setIn(spec, "protocol.json", ["version"], "1.1.1");
    expect((await generate({ spec, out })).written.length).toBeGreaterThan(100);
  });
});

describe("check()", () => {
  it("is content with a fresh output, and names what differs with a diff", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    await generate({ spec, out });
    expect(await check({ spec, out })).toEqual({ ok: true, differences: [] });

    setIn(spec, request, ["properties", "skill_id", "description"], "The skill.");
    writeSpec(spec, "entities/extra.schema.json", { title: "Extra", type: "string" });
    rmSync(join(out, "client.ts"));
    const { ok, differences } = await check({ spec, out });
    expect(ok).toBe(false);
    const told = differences.filter(({ kind }) => kind !== "header").map(({ file, kind }) => `${kind} ${file}`);
    expect(told).toEqual([
      "missing client.ts",
      "changed index.ts",
      "changed models.ts",
      "missing models/extra.ts",
      "changed models/task-request.ts",
      "missing validators/extra.d.ts",
      "missing validators/extra.js",
      "changed validators/index.ts",
    ]);
    const diff = differences.find(({ file }) => file === "models/task-request.ts")?.diff ?? "";
    expect(diff).toMatch(/^--- models\/task-request\.ts\n\+\+\+ models\/task-request\.ts\n@@ -\d+,\d+ \+\d+,\d+ @@\n/);
    expect(diff).toContain("-  /** Skill to carry out, as the manifest names it. */\n+  /** The skill. */\n");
    expect(existsSync(join(out, "client.ts"))).toBe(false);
  });

  it("names strays, and an output that is not there", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    writeSpec(spec, "entities/extra.schema.json", { title: "Extra", type: "string" });
    await generate({ spec, out });
    rmSync(join(spec, "entities/extra.schema.json"));
    const { differences } = await check({ spec, out });
    expect(differences.filter(({ kind }) => kind === "stray").map(({ file }) => file)).toContain("models/extra.ts");
    const nothing = await check({ spec, out: join(bench.folder, "nowhere") });
    expect(nothing.differences.every(({ kind }) => kind === "missing")).toBe(true);
    expect(existsSync(join(bench.folder, "nowhere"))).toBe(false);
  });
});

describe("files that carry the mark and are in no list", () => {
  const mark = "// Generated from the spec. Do not edit: change the spec and run `asap generate`.\n";

  it("are strays to check() and deleted by generate(); other files stay", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    await generate({ spec, out });
    writeFileSync(join(out, "models/old.ts"), `${mark}export type Old = string;\n`);
    writeFileSync(join(out, "models/own.ts"), "export type Own = string;\n");
    expect((await check({ spec, out })).differences.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
      "stray models/old.ts",
    ]);
    expect((await generate({ spec, out })).deleted).toEqual(["models/old.ts"]);
    expect(existsSync(join(out, "models/own.ts"))).toBe(true);
    expect((await check({ spec, out })).ok).toBe(true);
  });
});

describe("watch()", () => {
  it("generates now, after each change, and goes on after a bad one", async () => {
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    const told: string[] = [];
    const waiting: (() => void)[] = [];
    const tell = (text: string) => {
      told.push(text);
      for (const wake of waiting.splice(0)) wake();
    };
    const next = async (count: number) => {
      while (told.length < count) await new Promise<void>((wake) => waiting.push(wake));
    };
    const stop = new AbortController();
    await using watching = watch({
      spec,
      out,
      pollMs: 10,
      signal: stop.signal,
      onResult: ({ written }) => tell(`${written.length > 0}`),
      onError: (error) => tell(error instanceof CodegenError ? error.file : String(error)),
    });
    await next(1);
    renameSync(join(spec, "states.json"), join(spec, "states.bak"));
    await next(2);
    renameSync(join(spec, "states.bak"), join(spec, "states.json"));
    await next(3);
    setIn(spec, "protocol.json", ["version"], "1.1.1");
    await next(4);
    expect(told).toEqual(["true", "states.json", "false", "true"]);
    stop.abort();
    await watching.close();
  });

  it("refuses a pause that is none", () => {
    expect(() => watch({ spec: specDir, out: committed, pollMs: 0 })).toThrow(RangeError);
  });
});

describe("an unchanged run", () => {
  it("loads no package at all, where a forced one does", async () => {
    const build = join(bench.folder, "without-packages");
    const entry = fileURLToPath(new URL("./index.ts", import.meta.url));
    await bundle({
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      splitting: true,
      outdir: build,
    });
    cpSync(fileURLToPath(new URL("../package.json", import.meta.url)), join(build, "package.json"));
    const spec = bench.copySpec();
    const out = `${spec}-out`;
    await generate({ spec, out });
    const run = (force: boolean) => {
      const options = JSON.stringify({ spec, out, force });
      const script = `import { generate } from "./index.js"; console.log((await generate(${options})).unchanged.length > 0);`;
      return execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: build,
        encoding: "utf8",
        stdio: "pipe",
      });
    };
    expect(run(false)).toBe("true\n");
    expect(() => run(true)).toThrow(/ERR_MODULE_NOT_FOUND/);
  });
});
