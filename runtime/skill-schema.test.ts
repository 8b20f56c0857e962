import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { compileSchema } from "./skill-schema.js";

const agentWith = (input: object, output?: object) =>
  createAgent({
    id: "urn:asap:agent:server",
    skills: {
      one: skill({
        description: "One",
        input: { ...input },
        ...(output === undefined ? {} : { output: { ...output } }),
        run: () => ({}),
      }),
    },
  });

describe("compileSchema()", () => {
  test.each([
    ["an unknown type", { type: "thing" }],
    ["a reference to nowhere", { $ref: "#/$defs/none" }],
    ["a pattern that is none", { properties: { a: { pattern: "(" } } }],
    ["a required that is no list", { required: "a" }],
  ])("a schema with %s is an error that names the option", async (_name, schema) => {
    const named = (option: string) =>
      expect.objectContaining({
        code: "asap:config/invalid_option",
        data: { option, reason: "invalid schema" },
        message: expect.stringContaining(`${option} is not a usable JSON Schema`),
      });
    await expect(agentWith(schema).ready()).rejects.toEqual(named("skills.one.input"));
    await expect(agentWith({}, schema).ready()).rejects.toEqual(named("skills.one.output"));
    await expect(agentWith(schema).receive("{}")).rejects.toEqual(named("skills.one.input"));
  });

  test("two schemas may carry the same $id", async () => {
    const schema = { $id: "https://schemas.example/one", type: "object" };
    const agent = agentWith(schema, schema);
    await agent.ready();
    await agent.ready();
    expect((await compileSchema(schema, "x")).fits([])).toBe(false);
  });

  test("faults() tells the first fault or all of them, and none of a value that fits", async () => {
    const compiled = await compileSchema({ required: ["a", "b"], properties: { a: { type: "string" } } }, "x");
    expect(compiled.fits({ a: "", b: 1 })).toBe(true);
    expect(compiled.faults({ a: "", b: 1 }, false)).toEqual([]);
    expect(
      compiled
        .faults({ a: 5 }, false)
        .map(({ keyword }) => keyword)
        .sort(),
    ).toEqual(["required", "type"]);
    expect(compiled.faults({ a: 5 }, true)).toHaveLength(1);
    expect(compiled.fits({ a: 5 })).toBe(false);
  });
});

const program = `
import { createAgent, skill, Type } from "asap-kit";
const agentWith = (input, output) => createAgent({
  id: "urn:asap:agent:server",
  skills: { echo: skill({ description: "Echo", input, output, run: (given) => ({ echoed: given }) }) },
});
const ask = async (agent, input) => JSON.parse(await agent.receive(JSON.stringify({
  jsonrpc: "2.0", method: "asap.send", id: 1, params: { envelope: {
    asap_version: "0.1", sender: "urn:asap:agent:a", recipient: "urn:asap:agent:b", payload_type: "task.request",
    payload: { conversation_id: "c", skill_id: "echo", input },
  } },
})));
const typed = agentWith(Type.Object({ n: Type.Integer() }), Type.Object({ echoed: Type.Object({ n: Type.Integer() }) }));
const plain = agentWith({ type: "object" });
const results = {
  evalIsOff: (() => { try { new Function("return 1")(); return false; } catch { return true; } })(),
  good: await ask(typed, { n: 1 }),
  bad: await ask(typed, { n: "canary", more: 1 }),
  noSchema: await ask(agentWith(undefined, undefined), { n: 2 }),
  plain: await plain.ready().then(() => "ready", (error) => ({ code: error.code, message: error.message })),
};
process.stdout.write(JSON.stringify(results));
`;

describe.each([
  ["one file", false],
  ["several files", true],
])("where code generation from strings is forbidden, bundled into %s", (_name, splitting) => {
  let folder = "";
  let results: Record<"good" | "bad" | "noSchema", { result?: unknown; error?: { code: number; data: object } }> & {
    readonly evalIsOff: boolean;
    readonly plain: unknown;
  };

  beforeAll(async () => {
    const root = fileURLToPath(new URL("../", import.meta.url));
    folder = await mkdtemp(join(tmpdir(), "asap-no-eval-"));
    await build({
      stdin: { contents: program, resolveDir: root, loader: "ts" },
      alias: { "asap-kit": join(root, "runtime/index.ts") },
      bundle: true,
      format: "esm",
      platform: "node",
      splitting,
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      logLevel: "silent",
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    const args = ["--disallow-code-generation-from-strings", join(folder, "stdin.mjs")];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    results = JSON.parse(stdout);
  }, 90_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("messages are judged without it", () => {
    expect(results.evalIsOff).toBe(true);
    expect(results.noSchema.result).toMatchObject({ envelope: { payload: { result: { echoed: { n: 2 } } } } });
  });

  test("TypeBox schemas are interpreted, for input and output", () => {
    expect(results.good.result).toMatchObject({ envelope: { payload: { result: { echoed: { n: 1 } } } } });
    expect(results.bad.error?.code).toBe(-32602);
    expect(results.bad.error?.data).toMatchObject({
      validation_errors: [{ type: "value_error", loc: ["payload", "input", "n"], msg: "Expected integer" }],
    });
  });

  test("another schema is an error that says what to use instead", () => {
    expect(results.plain).toEqual({
      code: "asap:config/invalid_option",
      message:
        "skills.echo.input: this platform forbids code generation from strings; describe the skill with a TypeBox schema",
    });
  });
});
