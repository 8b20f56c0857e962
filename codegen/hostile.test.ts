import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generate } from "./index.js";
import { createBench, readJson, setIn, writeSpec } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

const root = fileURLToPath(new URL("..", import.meta.url));
const run = "globalThis.hacked = true";

/** Texts that would be code, or end a comment or a string, if they were printed as they stand. */
const hostile = [
  `*/ ${run}; /*`,
  `\\*/ ${run}; /*`,
  `"; ${run}; "`,
  `'; ${run}; '`,
  `\`; ${run}; \${${run}}`,
  `\\"; ${run}; //`,
  `\\`,
  `\n${run};\n`,
  `\r\n${run};\r\n`,
  `\u2028${run};\u2029${run};`,
  `</script><script>${run}</script>`,
  `// ${run}`,
  `require("fs")`,
  `eval(1) new Function schema0.type vErrors === null evaluated0 func0.call(schema0.properties, key0)`,
  `,message:"x"},params:{`,
  `, {instancePath:1,rootData,dynamicAnchors})`,
  "\u0000\u0007\u001b[31m",
  "\u{1f600}",
  "",
];

const spec = bench.copySpec();
const out = join(bench.folder, "out");

beforeAll(async () => {
  const all = hostile.join(" ");
  writeSpec(spec, "entities/hostile.schema.json", {
    $comment: all,
    title: "Hostile",
    description: all,
    type: "object",
    properties: {
      ...Object.fromEntries(
        hostile.map((text) => [text, { type: ["string", "null"], description: text, default: text, examples: [text] }]),
      ),
      choice: { enum: hostile, description: all },
      exact: { const: hostile[2] },
      nested: {
        type: "object",
        properties: { [hostile[4] ?? ""]: { $ref: "agent-urn.schema.json", description: all } },
        required: [hostile[4]],
      },
      list: { type: "array", items: { enum: hostile }, uniqueItems: true },
      object: { enum: [{ [hostile[0] ?? ""]: hostile }, 1] },
      map: {
        type: "object",
        patternProperties: { [`^["'\`/]\u2028?\\$\\{${"x"}\\}$`]: { type: "integer" } },
        additionalProperties: false,
      },
      text: { type: "string", pattern: `^["'\`/*\u2028]+\\$\\{run\\}\\n?$` },
      anything: true,
    },
    required: [...hostile.slice(0, 3), "choice"],
    dependentRequired: { [hostile[5] ?? ""]: [hostile[3]] },
    additionalProperties: false,
  });
  setIn(spec, "protocol.json", ["description"], all);
  setIn(spec, "protocol.json", ["title"], all);
  setIn(spec, "protocol.json", ["version"], all);
  setIn(spec, "protocol.json", ["registry_url"], all);
  setIn(spec, "protocol.json", ["limits", "rate_limit"], all);
  setIn(spec, "protocol.json", ["scopes", all], all);
  setIn(spec, "protocol.json", ["events", all], all);
  setIn(spec, "protocol.json", ["methods", all], {
    ...readJson(spec, "protocol.json")["methods"]?.["asap.send"],
    description: all,
  });
  setIn(spec, "protocol.json", ["routes", "rpc", "path"], `/${all}`);
  setIn(spec, "protocol.json", ["routes", "rpc", "description"], all);
  setIn(spec, "protocol.json", ["close_codes", "1000", "name"], all);
  setIn(spec, "protocol.json", ["messages", "TaskRequest", "description"], all);
  setIn(spec, "protocol.json", ["messages", "TaskRequest", "spellings"], ["task.request", `${all}1`, `${all}2`]);
  setIn(spec, "errors.json", ["timeout", "description"], all);
  setIn(spec, "errors.json", ["timeout", "message"], all);
  setIn(spec, "errors.json", ["timeout", "details"], hostile);
  await generate({ spec, out });
});

describe("hostile text in a spec", () => {
  it("runs nowhere in the output and loses nothing on the way", async () => {
    const bundled = join(bench.folder, "bundled.mjs");
    const entry = join(bench.folder, "entry.ts");
    writeFileSync(
      entry,
      'export * from "./out/index.js"; export { validateHostile } from "./out/validators/hostile.js";',
    );
    await bundle({ entryPoints: [entry], bundle: true, format: "esm", outfile: bundled, logLevel: "silent" });
    const { protocol, errorsByName, limits, validateHostile } = await import(pathToFileURL(bundled).href);
    const all = hostile.join(" ");
    expect(Reflect.get(globalThis, "hacked")).toBeUndefined();
    expect(protocol.registryUrl).toBe(all);
    expect(protocol.routes.rpc.path).toBe(`/${all}`);
    expect(protocol.messageOf(`${all}1`).name).toBe("TaskRequest");
    expect(errorsByName.timeout.details).toEqual(hostile);
    expect(limits.rate_limit).toBe(all);

    const members = Object.fromEntries(hostile.map((text) => [text, text]));
    for (const choice of hostile) {
      const value = {
        ...members,
        choice,
        exact: hostile[2],
        list: hostile,
        object: { [hostile[0] ?? ""]: hostile },
        anything: 1,
      };
      expect(validateHostile(value), JSON.stringify(validateHostile.errors)).toBe(true);
    }
    expect(validateHostile({ ...members, choice: "other" })).toBe(false);
    expect(validateHostile.errors).toMatchObject([{ keyword: "enum", params: { allowedValues: hostile } }]);
    expect(validateHostile({ ...members, choice: "", [`${run}`]: 1 })).toBe(false);
    expect(validateHostile({ ...members, choice: "", list: ["", ""] })).toBe(false);
    expect(validateHostile({ ...members, choice: "", nested: {} })).toBe(false);
    expect(validateHostile({ ...members, choice: "", map: { [`"\u2028\${x}`]: 1, other: 2 } })).toBe(false);
    expect(validateHostile({ ...members, choice: "", map: { [`"\u2028\${x}`]: 1 }, text: `"'\`\${run}` })).toBe(true);
    expect(Reflect.get(globalThis, "hacked")).toBeUndefined();
  });

  it("leaves files that type-check, one statement of type per model, and no raw line separator", () => {
    const config = { extends: join(root, "tsconfig.json"), include: [join(out, "**/*")], exclude: [] };
    const compilerOptions = { noEmit: true, rootDir: bench.folder, skipLibCheck: false, types: [] };
    writeFileSync(join(bench.folder, "tsconfig.json"), JSON.stringify({ ...config, compilerOptions }));
    const tsc = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", join(bench.folder, "tsconfig.json")], {
      encoding: "utf8",
    });
    expect(tsc.stdout).toBe("");
    for (const file of readdirSync(out, { recursive: true, encoding: "utf8" })) {
      if (!/\.(?:ts|js)$/.test(file)) continue;
      const text = readFileSync(join(out, file), "utf8");
      expect(text, file).not.toMatch(/[\u2028\u2029]|(?!\n)\p{Cc}/u);
      if (file.startsWith("models/")) expect(text.match(/^export /gm), file).toHaveLength(1);
    }
  });
});
