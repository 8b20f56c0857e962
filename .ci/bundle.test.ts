import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { filesOf, root } from "./sources.js";

interface Bundle {
  /** Bytes of the minified code. */
  readonly bytes: number;
  readonly text: string;
  /** Files with code in it, relative to the root. What is loaded on demand is not counted. */
  readonly inputs: readonly string[];
  /** What stays an import. */
  readonly external: readonly string[];
}

/** Bundles a program for the browser the way an application does; a Node builtin in it is a failure. */
async function bundle(program: string): Promise<Bundle> {
  const result = await build({
    stdin: { contents: program, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    outdir: "out",
    splitting: true,
    logLevel: "silent",
    absWorkingDir: root,
  });
  const entry = result.outputFiles.find((file) => /stdin\.js$/.test(file.path)) ?? result.outputFiles[0];
  const { outputs } = result.metafile;
  const loaded = new Set(Object.keys(outputs).filter((path) => entry?.path.endsWith(path)));
  for (const path of loaded) {
    for (const item of outputs[path]?.imports ?? []) {
      if (item.kind === "import-statement" && item.external !== true) loaded.add(item.path);
    }
  }
  const chunks = [...loaded].flatMap((path) => outputs[path] ?? []);
  return {
    bytes: chunks.reduce((sum, chunk) => sum + chunk.bytes, 0),
    text: entry?.text ?? "",
    inputs: chunks.flatMap((chunk) =>
      Object.entries(chunk.inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => path),
    ),
    external: chunks.flatMap((chunk) =>
      chunk.imports.filter((item) => item.external === true).map((item) => item.path),
    ),
  };
}

const name = (path: string) => path.replace(/^.*\/|\.js$/g, "");
const payloads = filesOf(["spec/payloads"], /\.schema\.json$/).map((path) =>
  path.replace(/^.*\/|\.schema\.json$/g, ""),
);

describe("bundles", () => {
  test.each(["envelope", ...payloads])("the validator of %s alone is under 12 kB minified", async (type) => {
    const path = filesOf(["generated/validators"], /\.js$/).find((file) => name(file) === type);
    expect(path).toBeDefined();
    const made = await bundle(`export * from "./${path}";`);
    expect(made.bytes).toBeGreaterThan(100);
    expect(made.bytes).toBeLessThan(12 * 1024);
    expect(made.external).toEqual([]);
    expect(made.inputs.filter((input) => input.includes("node_modules"))).toEqual([]);
  });

  test("no validator makes code at run time", async () => {
    const all = filesOf(["generated/validators"], /\.js$/).map((path, i) => `export * as v${i} from "./${path}";`);
    const { text } = await bundle(all.join("\n"));
    expect(text).not.toMatch(/\beval\(|new Function\b|\bFunction\(/);
  });

  test("a browser program that connects to an agent bundles without a Node builtin, a compiler or a driver", async () => {
    const { inputs, external } = await bundle('import { connect } from "./runtime/index.ts"; globalThis.go = connect;');
    expect(inputs).toContain("runtime/client.ts");
    expect(external).toEqual([]);
    const heavy =
      /node_modules\/(ts-morph|ajv|ajv-formats|json-schema-to-typescript|better-sqlite3|commander|prom-client)\//;
    expect(inputs.filter((input) => heavy.test(input))).toEqual([]);
    expect(inputs.filter((input) => /^(codegen|conformance)\//.test(input))).toEqual([]);
  });
});
