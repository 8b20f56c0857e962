import { Project } from "ts-morph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../load.js";
import { readSpec } from "../read.js";
import { createBench, writeSpec } from "../testing/spec-copy.js";
import { emitModels } from "./models.js";

const bench = createBench();
afterAll(() => bench.remove());

const text = { type: "string" };
const number = { type: "number" };
const list = (prefixItems: readonly object[], more: object) => ({ type: "array", prefixItems, ...more });

const schemas: Readonly<Record<string, object>> = {
  Part2sum: { type: "array", items: { $ref: "#" } },
  Values: {
    type: "object",
    properties: {
      choice: { enum: ["x", 1, null, true, [1, 2]] },
      exact: { const: { a: [1, { b: null }], "x-y": "it's" } },
      nothing: false,
      "1": text,
      aB: number,
      ab: text,
    },
    required: ["1"],
    additionalProperties: false,
  },
  Lists: {
    type: "object",
    properties: {
      open: list([text, number], { minItems: 2 }),
      closed: list([text, number], { items: false, maxItems: 2 }),
      rest: list([text], { items: { type: "boolean" } }),
    },
    additionalProperties: false,
  },
  Patterns: {
    type: "object",
    properties: { a: number },
    patternProperties: { "^x-": text },
    additionalProperties: false,
  },
  Noted: {
    description: "Top.\n@see the rest",
    deprecated: true,
    type: "object",
    properties: {
      a: { type: "string", description: "Where mail goes.\n@example.com is for tests." },
      b: { type: "array", items: text, deprecated: true, minItems: 1 },
    },
    additionalProperties: false,
  },
};

const bodies = new Map<string, string>();

beforeAll(async () => {
  const spec = bench.copySpec();
  for (const [title, schema] of Object.entries(schemas)) writeSpec(spec, `${title}.schema.json`, { title, ...schema });
  const drafts = await emitModels(load(await readSpec(spec)), new Project({ useInMemoryFileSystem: true }));
  for (const { path, body } of drafts) bodies.set(path, body);
});

/** What is printed for a type, its own comment left out. */
function printed(file: string): string {
  return bodies.get(`models/${file}.ts`)?.replace(/^\/\*\*[\s\S]*?\*\/\n/, "") ?? "";
}

describe("emitted models", () => {
  it("keep the name of their type, and refer to themselves by it", () => {
    expect(printed("part2sum")).toBe("export type Part2sum = Part2sum[];\n");
  });

  it("state constants and choices as they are, and tell members apart by letter case", () => {
    const lines = printed("values").split(/\n\s*/).join(" ");
    expect(lines).toContain('"1": string; choice?: "x" | 1 | null | true | [1, 2];');
    expect(lines).toContain(`exact?: { a: [1, { b: null; }]; "x-y": "it's"; };`);
    expect(lines).toContain("nothing?: never; aB?: number; ab?: string;");
  });

  it("allow in a list every item that one of its places allows", () => {
    expect(printed("lists")).toBe(
      "export type Lists = {\n  open?: unknown[];\n  closed?: (string | number)[];\n  rest?: (string | boolean)[];\n};\n",
    );
  });

  it("give members named by a pattern a signature that the named ones fit", () => {
    expect(printed("patterns")).toBe(
      "export type Patterns = {\n  a?: number;\n  [k: string]: string | number | undefined;\n};\n",
    );
  });

  it("carry descriptions whole, also where they look like tags, and deprecation", () => {
    const body = bodies.get("models/noted.ts") ?? "";
    expect(body).toContain(" * Top.\n * @see the rest\n * Defined in `Noted.schema.json`.\n * @deprecated\n */");
    expect(body).toContain("   * Where mail goes.\n   * @example.com is for tests.\n");
    expect(body).toContain("  /** @deprecated */\n  b?: string[];");
  });
});
