import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Validator } from "../../generated/contract.js";
import { load } from "../load.js";
import type { SpecModel } from "../model.js";
import { readSpec } from "../read.js";
import { createBench, writeSpec } from "../testing/spec-copy.js";
import { compilerFor } from "./compile.js";
import { prepare, reachable } from "./prepare.js";
import { emitValidators } from "./validators.js";

const bench = createBench();
afterAll(() => bench.remove());

const letters = Array.from({ length: 30 }, (_, at) => `m${at}`);
const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const tagged = (tag: object) =>
  object({ kind: tag, a: { type: "integer" } }, { required: ["kind"], additionalProperties: false });

/** A schema per group of keywords, with values that pass and fail it in many ways. */
const cases: Readonly<Record<string, readonly [schema: object, values: readonly unknown[]]>> = {
  Numbers: [
    { type: "number", minimum: -2, exclusiveMaximum: 10, multipleOf: 0.5 },
    [0, -2, -2.5, 9.5, 10, 0.3, "1", null, Number.NaN, Number.POSITIVE_INFINITY],
  ],
  Strings: [
    { type: "string", minLength: 2, maxLength: 3, pattern: "^\\p{L}+$" },
    ["ab", "a", "abcd", "é!", "éé", "\u{20000}\u{20000}\u{20000}", "\u{20000}", "\ud840a\udc00", 12, ""],
  ],
  Formats: [
    object({
      at: { type: "string", format: "date-time" },
      id: { type: "string", format: "uuid" },
      mail: { type: "string", format: "email" },
    }),
    [{ at: "2026-01-01T00:00:00Z" }, { at: "now" }, { id: "x" }, { mail: "a@b.example" }, { mail: "a" }, {}],
  ],
  Tuples: [
    { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: { type: "boolean" }, minItems: 2 },
    [["a", 1], ["a", 1, true], ["a", 1, 2, 3], [1, "a"], ["a"], [], {}],
  ],
  Contains: [
    { type: "array", items: true, contains: { type: "integer" }, minContains: 2, maxContains: 3 },
    [[1, 2], [1], ["a", 1, "b", 2], [1, 2, 3, 4], [], [...Array(1500).fill("x"), 1, 2], Array(1500).fill("x")],
  ],
  Some: [
    { type: "array", items: true, contains: { type: "integer" } },
    [[...Array(1500).fill("x"), 1], Array(1500).fill("x"), [1], [], "a"],
  ],
  Unique: [
    object({
      words: { type: "array", items: { type: "string" }, uniqueItems: true },
      any: { type: "array", items: true, uniqueItems: true },
    }),
    [
      { words: ["a", "b"] },
      { words: ["a", "a"] },
      { any: [{ a: [1] }, { a: [1] }] },
      { any: [1, "1", null, [], {}] },
      { any: [[], []] },
    ],
  ],
  Equal: [
    object({ only: { const: { a: [1, { b: null }] } }, one: { enum: ["x", 1, null, [1], { a: 1 }] } }),
    [
      { only: { a: [1, { b: null }] } },
      { only: { a: [1, { b: 1 }] } },
      { one: { a: 1 } },
      { one: [1] },
      { one: [2] },
      { one: null },
      { one: "y" },
    ],
  ],
  Members: [
    object(
      { a: true, b: true },
      { dependentRequired: { a: ["b", "c"] }, dependentSchemas: { b: { minProperties: 3 } }, maxProperties: 4 },
    ),
    [{}, { a: 1 }, { a: 1, b: 1, c: 1 }, { b: 1 }, { a: 1, b: 1, c: 1, d: 1, e: 1 }],
  ],
  Names: [
    {
      type: "object",
      propertyNames: { maxLength: 2 },
      patternProperties: { "^a": { type: "integer" } },
      additionalProperties: { type: "string" },
    },
    [{ a: 1 }, { a: "x" }, { b: "x" }, { b: 1 }, { long: "x", longer: 1 }, JSON.parse('{"__proto__":"x"}')],
  ],
  Many: [
    object(Object.fromEntries(letters.map((name) => [name, { type: "integer" }])), { additionalProperties: false }),
    [{}, { m0: 1, m29: 2 }, { m30: 1 }, { m0: "x", other: 1 }],
  ],
  Patterned: [
    object(Object.fromEntries(letters.slice(0, 12).map((name) => [name, true])), {
      patternProperties: { "^x-": true },
      additionalProperties: false,
    }),
    [{ m0: 1, "x-a": 1 }, { m12: 1 }, { y: 1 }],
  ],
  Inherited: [
    object(
      { constructor: { type: "string" }, toString: { type: "integer" } },
      { required: ["constructor"], additionalProperties: false },
    ),
    [
      {},
      { constructor: "x" },
      JSON.parse('{"constructor":"x","toString":1}'),
      JSON.parse('{"constructor":"x","valueOf":1}'),
      { constructor: 1 },
    ],
  ],
  Words: [
    object(
      Object.fromEntries(
        ["require", "eval", "schema0", "evaluated0", "vErrors"].map((name) => [name, { type: "string" }]),
      ),
      { patternProperties: { "^e": { type: "string", maxLength: 1 } }, required: ["require"] },
    ),
    [
      { require: "x", eval: "y", schema0: "z" },
      { require: 1, eval: "yy", evaluated0: 2 },
      { schema0: 1, vErrors: null },
    ],
  ],
  Tree: [
    object(
      { value: { type: "integer" }, children: { type: "array", items: { $ref: "#" } } },
      { required: ["value"], additionalProperties: false },
    ),
    [{ value: 1 }, { value: 1, children: [{ value: 2, children: [{ value: "x" }, {}] }] }, { children: [null] }],
  ],
  First: [tagged({ const: "first" }), [{ kind: "first" }]],
  Second: [tagged({ enum: ["second", "third"] }), [{ kind: "third", a: 1 }]],
  Tagged: [
    {
      type: "object",
      discriminator: { propertyName: "kind" },
      oneOf: [{ $ref: "First.schema.json" }, { $ref: "Second.schema.json" }],
    },
    [{ kind: "first", a: 1 }, { kind: "third", a: "x" }, { kind: "other" }, { kind: 1 }, {}, null, []],
  ],
  Either: [
    {
      anyOf: [
        { $ref: "First.schema.json" },
        { type: "array", items: { $ref: "Second.schema.json" } },
        { type: "null" },
      ],
    },
    [null, { kind: "first" }, [{ kind: "second" }, { kind: "x" }], [], 1, [1, 2]],
  ],
  Conditional: [
    object(
      { a: { type: "integer" }, b: { type: "string" }, c: { type: "array", items: { type: "integer" } } },
      JSON.parse(`{
        "if": {
          "properties": { "c": { "type": "array", "contains": { "const": 7 } }, "a": { "type": "integer", "minimum": 5 } },
          "required": ["a"]
        },
        "then": { "properties": { "b": { "type": "string", "minLength": 3 } }, "required": ["b"] },
        "else": { "not": { "required": ["b"] } }
      }`),
    ),
    [
      { a: 6 },
      { a: 6, b: "abc" },
      { a: 6, b: "a" },
      { a: 1, b: "a" },
      { a: 1 },
      { a: 6, c: [1, 2] },
      { a: 6, c: [7] },
      { c: ["x", 7] },
    ],
  ],
  Nullable: [
    object({
      text: { anyOf: [{ type: "string", maxLength: 1 }, { type: "null" }] },
      first: { anyOf: [{ type: "null" }, { $ref: "First.schema.json" }] },
    }),
    [
      { text: null },
      { text: "a" },
      { text: "ab" },
      { text: 1 },
      { first: null },
      { first: { kind: "first" } },
      { first: {} },
    ],
  ],
  Loose: [{}, [null, 1, "a", [], {}]],
};

let model: SpecModel;
const emitted = new Map<string, Validator>();

beforeAll(async () => {
  const spec = bench.copySpec();
  for (const [title, [schema]] of Object.entries(cases)) writeSpec(spec, `${title}.schema.json`, { title, ...schema });
  model = load(await readSpec(spec));
  for (const { path, text } of await emitValidators(model)) {
    mkdirSync(dirname(join(bench.folder, path)), { recursive: true });
    writeFileSync(join(bench.folder, path), text);
  }
  for (const name of Object.keys(cases)) {
    const module = await import(pathToFileURL(join(bench.folder, `validators/${name.toLowerCase()}.js`)).href);
    emitted.set(name, module[`validate${name}`]);
  }
});

describe("emitted validators", () => {
  it.each(Object.entries(cases))("judge %s as Ajv does, with the same errors", (name, [, values]) => {
    const types = new Map(model.types.map((type) => [type.name, type]));
    const plain = compilerFor(reachable(name, types), prepare(model.types)).getSchema(name);
    const validate = emitted.get(name);
    if (plain === undefined || validate === undefined) throw new Error(`no validator of ${name}`);
    const told = values.map((value) => [validate(value), validate.errors?.slice(0, 1000)]);
    const expected = values.map((value) => [
      plain(value),
      plain.errors?.slice(0, 1000).map(({ propertyName, ...error }) => error),
    ]);
    expect(told.map(([verdict]) => verdict)).toEqual(expected.map(([verdict]) => verdict));
    expect(told.map(([, errors]) => errors ?? [])).toEqual(expected.map(([, errors]) => errors ?? []));
  });

  it("count the characters of a text, not its code units", () => {
    const texts = ["\u{20000}", "\u{20000}".repeat(2), "\u{20000}".repeat(3), "\u{20000}".repeat(4)];
    expect(texts.map((text) => emitted.get("Strings")?.(text))).toEqual([false, true, true, false]);
  });

  it("tell repeated items apart whatever their text", () => {
    expect(emitted.get("Unique")?.({ words: ["__proto__", "__proto__"] })).toBe(false);
  });

  it("record a thousand errors of a huge bad value, and stop looking", () => {
    const validate = emitted.get("Tree");
    const huge = { value: 1, children: Array.from({ length: 1_000_000 }, () => 0) };
    expect(validate?.(huge)).toBe(false);
    expect(validate?.errors).toHaveLength(1000);
    expect(validate?.errors?.at(-1)?.instancePath).toBe("/children/999");
    const wide = { value: 1, children: Array.from({ length: 100 }, () => huge) };
    expect(validate?.(wide)).toBe(false);
    expect(validate?.errors).toHaveLength(1000);
    expect(validate?.({ value: 1, children: [{ value: 2 }] })).toBe(true);
    expect(validate?.errors).toBe(null);
  });

  it("judge each call on its own when they are used as callbacks", () => {
    const validate = emitted.get("First");
    expect([{ kind: "first" }, {}, { kind: "first" }].map((value) => validate?.(value))).toEqual([true, false, true]);
    expect([{ kind: 1 }].filter((value) => validate?.(value))).toEqual([]);
    expect(validate?.errors?.[0]?.instancePath).toBe("/kind");
  });
});
