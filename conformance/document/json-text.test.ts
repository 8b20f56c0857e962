import { describe, expect, it } from "vitest";
import { readJsonText } from "./json-text.js";

describe("readJsonText()", () => {
  it.each([
    ["letters", "a".repeat(17_000_000)],
    ["escapes", "\\n".repeat(9_000_000)],
  ])("reads a string of millions of %s", (_, long) => {
    const text = `{"a":"${long}","b":[1, "\\"]"],"a":2}`;
    const read = readJsonText(text);
    expect(read.syntaxFault).toBeNull();
    expect(read.repeatedKeys).toEqual([{ path: ["a"], offset: text.length - 6 }]);
    expect(text.slice(read.offsetOf(["b", 1]))).toBe('"\\"]"],"a":2}');
  });
});
