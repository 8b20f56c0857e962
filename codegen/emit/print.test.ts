import { describe, expect, it } from "vitest";
import { docs, keyOf, literal, quote, raw, union } from "./print.js";

describe("quote()", () => {
  it("gives a literal whose value is the text", () => {
    for (const text of [
      "",
      "a",
      'a"b',
      "it's",
      `"'\``,
      "\\",
      "\n\r\t\0",
      "\u2028\u2029\ufeff\u0085",
      "$" + "{x}",
      "*/",
      "\u{1f600}",
    ]) {
      const printed = quote(text);
      expect(printed).not.toMatch(/[\n\r\u2028\u2029]/);
      expect(
        JSON.parse(
          printed.startsWith("'") ? `"${printed.slice(1, -1).replace(/"/g, '\\"').replace(/\\'/g, "'")}"` : printed,
        ),
      ).toBe(text);
    }
  });

  it("takes the quotes that need fewer escapes", () => {
    expect([quote('say "a"'), quote("it's"), quote(`"a" it's 'b'`)]).toEqual([
      `'say "a"'`,
      `"it's"`,
      `"\\"a\\" it's 'b'"`,
    ]);
  });
});

describe("docs()", () => {
  it("prints one line, several, or none, and never ends early", () => {
    expect(docs("Text.")).toBe("/** Text. */\n");
    expect(docs(" \n ")).toBe("");
    expect(docs("One.\u2028Two.", "  ")).toBe("  /**\n   * One.\n   * Two.\n   */\n");
    expect(docs("a */ b").match(/\*\//g)).toHaveLength(1);
  });

  it("wraps at 120 columns, long words excepted", () => {
    const lines = docs(`${"word ".repeat(60)}${"x".repeat(200)}`, "  ").split("\n");
    expect(lines.filter((line) => line.length > 120)).toEqual([`   * ${"x".repeat(200)}`]);
  });
});

describe("literal()", () => {
  it("prints a member per line, quotes keys that need it, and leaves absent ones out", () => {
    const value = { a: 1, "b-c": [true, null], d: {}, e: undefined, f: raw("f"), g: raw("new Set()") };
    expect(literal(value)).toBe('{\n  a: 1,\n  "b-c": [true, null],\n  d: {},\n  f,\n  g: new Set(),\n}');
  });

  it("never takes data for source text", () => {
    expect(literal({ raw: "run()" })).toBe('{\n  raw: "run()",\n}');
  });

  it("breaks a list that does not fit", () => {
    const words = Array.from({ length: 12 }, () => "x".repeat(10));
    expect(literal(words).split("\n")).toHaveLength(14);
    expect(literal(words.slice(0, 8)).split("\n")).toHaveLength(1);
  });

  it("keys are quoted where they must be", () => {
    expect(["a1", "$", "1a", "a-b", ""].map(keyOf)).toEqual(["a1", "$", '"1a"', '"a-b"', '""']);
  });
});

describe("union()", () => {
  it("stays on the line while it fits, and keeps an object or null together", () => {
    expect(union([])).toBe("never");
    expect(union(["A", "B"])).toBe("A | B");
    expect(union(["{\n  a: 1;\n}", "null"])).toBe("{\n  a: 1;\n} | null");
    expect(union(["{\n  a: 1;\n}", "B"])).toBe("\n  | {\n      a: 1;\n    }\n  | B");
    expect(union(["A".repeat(70), "B".repeat(70)], "  ")).toBe(`\n    | ${"A".repeat(70)}\n    | ${"B".repeat(70)}`);
  });
});
