import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.js";

describe("canonicalJson()", () => {
  test.each([
    [{ event: "task.started" }, '{"event":"task.started"}'],
    [
      { task_id: "t1", event: "task.completed", b: { z: 1, a: "é☃" } },
      String.raw`{"b":{"a":"\u00e9\u2603","z":1},"event":"task.completed","task_id":"t1"}`,
    ],
    [{ "\uffff": 1, "\u{10000}": 2 }, String.raw`{"\uffff":1,"\ud800\udc00":2}`],
    [
      { "\u{10000}b": 1, "\u{10000}": 2, "\u{10000}a": 3 },
      String.raw`{"\ud800\udc00":2,"\ud800\udc00a":3,"\ud800\udc00b":1}`,
    ],
    [["\u007f", "\u0080", "~"], String.raw`["\u007f","\u0080","~"]`],
    ['\n\r\t\b\f"\\\u0001/', String.raw`"\n\r\t\b\f\"\\\u0001/"`],
    [{ a: undefined, b: () => 1, c: null, d: Number.NaN }, '{"c":null,"d":null}'],
    [[undefined, Symbol("s")], "[null,null]"],
    [
      { at: new Date(0), own: { toJSON: (name: string) => ({ name }) } },
      '{"at":"1970-01-01T00:00:00.000Z","own":{"name":"own"}}',
    ],
    [[Object("text"), Object(1), Object(true)], '["text",1,true]'],
    [[], "[]"],
    [{}, "{}"],
    [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ])("%j", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test("means the same as JSON.stringify does, whatever the value and the order of its members", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(text).not.toMatch(/[\u007f-\uffff]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  test("is byte for byte what Python writes with sorted keys", ({ skip }) => {
    const values = fc.sample(fc.jsonValue({ noUnicodeString: false, stringUnit: "binary" }), 300).map(withoutFractions);
    const program =
      "import json,sys\nfor l in sys.stdin: print(json.dumps(json.loads(l),sort_keys=True,separators=(',',':')))";
    let written: string;
    try {
      const input = values.map((value) => JSON.stringify(value)).join("\n");
      written = execFileSync("python3", ["-c", program], { input, encoding: "utf8" });
    } catch {
      return skip("python3 is absent");
    }
    expect(values.map((value) => canonicalJson(value))).toEqual(written.trimEnd().split("\n"));
  });

  test("refuses what has no JSON text", () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson({ a: 1n })).toThrow(TypeError);
  });

  test("puts the separators asked for", () => {
    expect(canonicalJson({ b: [1, 2], a: null }, { item: ", ", key: ": " })).toBe('{"a": null, "b": [1, 2]}');
  });
});

/** The same value with the members of its objects in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([name, member]) => [name, reversed(member)]));
}

/** The same value with whole numbers alone: Python writes others its own way. */
function withoutFractions(value: unknown): unknown {
  if (typeof value === "number") return Math.trunc(Math.min(Math.max(value, -1e15), 1e15)) || 0;
  if (Array.isArray(value)) return value.map(withoutFractions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutFractions(member)]));
}
