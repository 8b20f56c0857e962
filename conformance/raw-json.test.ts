import { describe, expect, it } from "vitest";
import { isCompact, rawMembers } from "./raw-json.js";

describe("rawMembers()", () => {
  it("keeps order, repeated names and the text of large numbers", () => {
    const text = ' { "a" : [1, {"id": 2}, "]"] , "id": 1180591620717411303425, "id" :"x\\"}", "n":null}';
    expect(rawMembers(text)).toEqual([
      { name: "a", text: '[1, {"id": 2}, "]"]' },
      { name: "id", text: "1180591620717411303425" },
      { name: "id", text: '"x\\"}"' },
      { name: "n", text: "null" },
    ]);
  });

  it("has nothing to tell of what is no object", () => {
    expect(rawMembers("[1]")).toBeNull();
    expect(rawMembers("{")).toBeNull();
    expect(rawMembers("{}")).toEqual([]);
  });
});

describe("isCompact()", () => {
  it("allows space inside strings only", () => {
    expect(isCompact('{"a b":"c \\" d"}')).toBe(true);
    expect(isCompact('{"a": 1}')).toBe(false);
    expect(isCompact('{"a":1}\n')).toBe(false);
  });
});
