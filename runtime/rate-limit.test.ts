import { describe, expect, test } from "vitest";
import { createRateLimiter, parseRateLimit } from "./rate-limit.js";

describe("parseRateLimit() (wire section 8.2)", () => {
  test.each([
    ["10/second", [[10, 1_000, "10 per 1 second"]]],
    [
      "10/second;100/minute",
      [
        [10, 1_000, "10 per 1 second"],
        [100, 60_000, "100 per 1 minute"],
      ],
    ],
    [
      "5/hour,6/day",
      [
        [5, 3_600_000, "5 per 1 hour"],
        [6, 86_400_000, "6 per 1 day"],
      ],
    ],
    [
      "1/month|2/year",
      [
        [1, 2_592_000_000, "1 per 1 month"],
        [2, 31_536_000_000, "2 per 1 year"],
      ],
    ],
    ["10 per second", [[10, 1_000, "10 per 1 second"]]],
    ["10 per 5 seconds", [[10, 5_000, "10 per 5 second"]]],
    [
      " 3 PER 2 Minutes ; 07 / second ",
      [
        [3, 120_000, "3 per 2 minute"],
        [7, 1_000, "7 per 1 second"],
      ],
    ],
  ])("RATE-007: reads %j", (text, rates) => {
    expect(parseRateLimit(text).map(({ count, windowMs, text }) => [count, windowMs, text])).toEqual(rates);
  });

  test.each([
    "",
    ";",
    "10",
    "10/fortnight",
    "0/second",
    "-1/second",
    "1.5/second",
    "10 per 0 second",
    "x/second",
    "1e9/day",
  ])("RATE-007: %j is an error that says what is wanted", (text) => {
    expect(() => parseRateLimit(text)).toThrow(
      expect.objectContaining({
        code: "asap:config/invalid_option",
        data: { option: "rateLimit", reason: "syntax" },
        message: expect.stringContaining('"N/second"'),
      }),
    );
  });
});

describe("createRateLimiter()", () => {
  const passed = (limiter: ReturnType<typeof createRateLimiter>, caller: string, times: readonly number[]) =>
    times.map((now) => limiter.take(caller, now) === undefined);

  test("RATE-001: the window moves with time", () => {
    const limiter = createRateLimiter(parseRateLimit("2/second"));
    expect(passed(limiter, "a", [0, 900, 950, 999, 1_000, 1_001, 1_899, 1_900])).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  test("RATE-003: a refusal names the limit and the whole seconds to wait, at least 1", () => {
    const limiter = createRateLimiter(parseRateLimit("1/minute"));
    expect(limiter.take("a", 0)).toBeUndefined();
    expect(limiter.take("a", 1)).toEqual({ retryAfterSeconds: 60, limit: "1 per 1 minute" });
    expect(limiter.take("a", 30_500)).toEqual({ retryAfterSeconds: 30, limit: "1 per 1 minute" });
    expect(limiter.take("a", 59_999)).toEqual({ retryAfterSeconds: 1, limit: "1 per 1 minute" });
    expect(limiter.take("a", 60_000)).toBeUndefined();
  });

  test("RATE-005: a refused request counts for no limit", () => {
    const limiter = createRateLimiter(parseRateLimit("1/second;3/minute"));
    expect(passed(limiter, "a", [0, 1, 2, 3, 4, 1_000, 1_001, 2_000])).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(limiter.take("a", 3_000)).toEqual({ retryAfterSeconds: 57, limit: "3 per 1 minute" });
  });

  test("callers are counted apart, whatever their names", () => {
    const limiter = createRateLimiter(parseRateLimit("1/second"));
    for (const caller of ["a", "b", "", "__proto__", "constructor", "::1"]) {
      expect(passed(limiter, caller, [0, 1])).toEqual([true, false]);
    }
  });

  test("a burst as large as the limit leaves no more than the limit in any window", () => {
    const limiter = createRateLimiter(parseRateLimit("100/second"));
    const taken = Array.from({ length: 5_000 }, (_, now) => now).filter((now) => limiter.take("a", now) === undefined);
    for (const start of taken) {
      expect(taken.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(100);
    }
    expect(taken).toHaveLength(500);
  });

  test("callers are forgotten beyond a count, those unseen for longest first", () => {
    const limiter = createRateLimiter(parseRateLimit("1/day"), { maxCallers: 10 });
    const refused = (caller: string) => limiter.take(caller, 0) !== undefined;
    for (let n = 0; n < 10_000; n++) {
      expect(refused(`caller${n}`)).toBe(false);
      expect(refused("busy")).toBe(n > 0);
    }
    expect(refused("caller9999")).toBe(true);
    expect(refused("caller9996")).toBe(true);
    expect(refused("caller9900")).toBe(false);
  });
});
