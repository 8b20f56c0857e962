import { describe, expect, test } from "vitest";
import { ulid } from "./ulid.js";

describe("ulid()", () => {
  test("is 26 characters of Crockford base 32 in upper case", () => {
    for (let count = 0; count < 1000; count++) expect(ulid()).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  test("carries the time in its first ten characters", () => {
    expect(ulid(0).slice(0, 10)).toBe("0000000000");
    expect(ulid(1_469_918_176_385).slice(0, 10)).toBe("01ARYZ6S41");
    expect(ulid(2 ** 48 - 1).slice(0, 10)).toBe("7ZZZZZZZZZ");
  });

  test("sorts by time across milliseconds", () => {
    const times = [5, 31, 32, 1_000, 1_700_000_000_000, 1_700_000_000_001, 2 ** 47];
    const ids = times.map((time) => ulid(time));
    expect([...ids].sort()).toEqual(ids);
  });

  test("drops the fraction of a millisecond", () => {
    expect(ulid(1000.75).slice(0, 10)).toBe(ulid(1000).slice(0, 10));
  });

  test("does not repeat over many fillings of its random pool", () => {
    const ids = new Set<string>();
    for (let count = 0; count < 20_000; count++) ids.add(ulid(1_700_000_000_000));
    expect(ids.size).toBe(20_000);
  });

  test("uses every character in every random place", () => {
    const seen = Array.from({ length: 16 }, () => new Set<string>());
    for (let count = 0; count < 4_000; count++) {
      const random = ulid(0).slice(10);
      seen.forEach((characters, place) => {
        characters.add(random.charAt(place));
      });
    }
    expect(seen.map((characters) => characters.size)).toEqual(seen.map(() => 32));
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 48])("refuses the time %s", (time) => {
    expect(() => ulid(time)).toThrow(RangeError);
  });
});
