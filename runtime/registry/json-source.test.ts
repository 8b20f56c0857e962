import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pointerToPath } from "../validation.js";
import { readJsonSource } from "./json-source.js";
import { createLineIndex, offsetAt, pointerOf } from "./position.js";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("readJsonSource()", () => {
  test("agrees with JSON.parse on what is JSON, over damaged documents", () => {
    const signs = fc.constantFrom(...'{}[]:,"\\ \n\t01.-+eEtruefalsn/*u\u0001\uFEFF');
    const edit = fc.tuple(fc.nat(400), fc.constantFrom("put", "cut", "set"), signs);
    fc.assert(
      fc.property(fc.json(), fc.array(edit, { maxLength: 4 }), (json, edits) => {
        const damaged = edits.reduce((text, [at, kind, sign]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + (kind === "cut" ? "" : sign) + text.slice(kind === "put" ? place : place + 1);
        }, json);
        expect(readJsonSource(damaged).fault === null).toBe(isJson(damaged));
      }),
      { numRuns: 3000 },
    );
  });

  test("notes the place of every value and key", () => {
    const text = '{ "a": [1, {"b~/": null}], "\\u0063": {} }';
    const { root } = readJsonSource(text);
    const at = (pointer: string, kind?: "key") =>
      root ? text.slice(offsetAt(root, pointerToPath(pointer), kind)) : "";
    expect(at("")).toBe(text);
    expect(at("/a/0")).toMatch(/^1,/);
    expect(at("/a/1")).toMatch(/^\{"b/);
    expect(at("/a/1/b~0~1", "key")).toMatch(/^"b~\//);
    expect(at("/a/1/b~0~1")).toMatch(/^null/);
    expect(at("/c", "key")).toMatch(/^"\\u0063"/);
    expect(at("/a/1/none/deeper")).toMatch(/^\{"b/);
  });

  test("notes keys that stand twice with their path, also inside arrays", () => {
    const { duplicates } = readJsonSource('[0,{"a":{"b":1,"b":2}},[[],{"c":1,"\\u0063":2}]]');
    expect(duplicates.map(({ path }) => pointerOf(path))).toEqual(["/1/a/b", "/2/1/c"]);
  });
});

describe("createLineIndex()", () => {
  test("counts lines by LF, CRLF and CR", () => {
    const positionOf = createLineIndex("a\nbc\r\nd\re");
    expect([0, 2, 3, 6, 8].map(positionOf)).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 1 },
      { line: 2, column: 2 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
    ]);
  });
});
