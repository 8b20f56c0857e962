import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { root } from "./sources.js";

interface Bundle {
  /** Files with code in it, relative to the root. What is loaded on demand is not counted. */
  readonly inputs: readonly string[];
  /** What stays an import. */
  readonly external: readonly string[];
  /** Size of the entry alone. */
  readonly bytes: number;
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
    // The package resolves these names to what was built; here the sources are bundled.
    alias: {
      "#egress": "./runtime/egress-global.ts",
      "#websocket": "./runtime/transport/websocket-global.ts",
    },
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
    bytes: entry?.contents.length ?? 0,
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

describe("the bundle", () => {
  test("of a browser program that connects to an agent holds no Node builtin, compiler or driver", async () => {
    const { inputs, external } = await bundle('import { connect } from "./runtime/index.ts"; globalThis.go = connect;');
    expect(inputs).toContain("runtime/client.ts");
    expect(external).toEqual([]);
    const heavy =
      /node_modules\/(ts-morph|ajv|ajv-formats|json-schema-to-typescript|better-sqlite3|commander|prom-client|ws)\//;
    expect(inputs.filter((input) => heavy.test(input))).toEqual([]);
    expect(inputs.filter((input) => /^(codegen|conformance)\//.test(input))).toEqual([]);
  });

  test("of everything that verifies webhooks is one file of under 3,000 bytes that imports nothing", async () => {
    const { inputs, external, bytes } = await bundle('export * from "./runtime/webhooks/verify.ts";');
    expect(inputs).toEqual(["runtime/webhooks/verify.ts"]);
    expect(external).toEqual([]);
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThan(3000);
  });
});
