import { describe, expect, it } from "vitest";
import { canonicalJson } from "../runtime/canonical-json.js";
import { canonicalFault } from "./canonical.js";

describe("canonicalFault()", () => {
  it.each([
    {},
    [],
    { b: [{ d: 1, c: { "\u{1f600}": 1, "\uffff": 2, é: '"{[,:\\' } }, "a , b : c"], a: null, "": true },
    { 10: 1, 9: 2, 1: 3, "\ue000": 1, "\u{10000}": 2 },
    { text: "line\nfeed\ttab\u007f\u2028" },
  ])("finds nothing in the one form of %j", (value) => {
    expect(canonicalFault(canonicalJson(value))).toBeNull();
  });

  it("does not judge how numbers are written", () => {
    expect(canonicalFault('{"a":1.0,"b":1e+2}')).toBeNull();
  });

  it.each([
    ["{", "no JSON"],
    ['{"a":1} ', "white space"],
    ['{"a": 1}', "white space"],
    ['{"a":[1, 2]}', "white space"],
    ['{"a":"\u00e4"}', "U+00e4"],
    ['{"a":1}\n', "U+000a"],
    ['{"b":1,"a":2}', "the key a after b"],
    ['{"a":[{"c":[],"b":{}}]}', "the key b after c"],
    ['{"a":{"x":{},"y":"","b":1}}', "the key b after y"],
    ['{"\\ud83d\\ude00":1,"\\uffff":2}', "the key \uffff after"],
  ])("finds what is wrong in %j", (text, words) => {
    expect(canonicalFault(text)).toContain(words);
  });
});
