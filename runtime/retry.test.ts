import { describe, expect, test } from "vitest";
import { AsapError } from "./error.js";
import { isRepeatable, retry, retryAfterSeconds, retryPlan, waitMs } from "./retry.js";

const failing = (status: number, data: object = {}) =>
  new AsapError("asap:transport/http_status", { data: { status, ...data } });

function tools(remainingMs = Number.POSITIVE_INFINITY) {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const signal = new AbortController().signal;
  return { waits, random: () => 0, sleep, signal, remainingMs: () => remainingMs };
}

describe("retryPlan()", () => {
  test("is three attempts from one second to a minute with a tenth of jitter (CLIENT-005, CLIENT-008)", () => {
    expect(retryPlan()).toEqual({ attempts: 3, baseMs: 1_000, maxMs: 60_000, jitter: 0.1 });
  });

  test.each([{ attempts: 0 }, { attempts: 1.5 }, { baseMs: -1 }, { maxMs: Number.NaN }, { jitter: -0.1 }])(
    "refuses %j",
    (options) => {
      expect(() => retryPlan(options)).toThrow(expect.objectContaining({ code: "asap:config/invalid_option" }));
    },
  );
});

describe("isRepeatable()", () => {
  test.each(["asap:transport/connection_failed", "asap:transport/timeout", "asap:transport/rate_limited"] as const)(
    "repeats %s (CLIENT-005)",
    (code) => {
      expect(isRepeatable(new AsapError(code))).toBe(true);
    },
  );

  test.each([500, 502, 503, 599])("repeats HTTP status %i (CLIENT-005)", (status) => {
    expect(isRepeatable(failing(status))).toBe(true);
  });

  test.each([301, 307, 400, 401, 403, 404, 408, 413, 415])("does not repeat HTTP status %i (CLIENT-006)", (status) => {
    expect(isRepeatable(failing(status))).toBe(false);
  });

  test("does not repeat JSON-RPC errors nor strangers' errors (CLIENT-006, CLIENT-017)", () => {
    expect(isRepeatable(new AsapError("asap:transport/remote_error", { data: { jsonrpc_code: -32603 } }))).toBe(false);
    expect(isRepeatable(new TypeError("x"))).toBe(false);
  });
});

describe("waitMs()", () => {
  const plan = retryPlan();

  test("doubles from one second up to a minute (CLIENT-008)", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 40].map((number) => waitMs(plan, number, undefined, 0));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test("adds up to a tenth by chance, also to a wait that was asked for", () => {
    expect(waitMs(plan, 0, undefined, 0.5)).toBe(1_050);
    expect(waitMs(plan, 0, 5_000, 0.5)).toBe(5_250);
  });

  test("takes the wait that was asked for, also beyond its own cap (CLIENT-007)", () => {
    expect(waitMs(plan, 3, 90_000, 0)).toBe(90_000);
    expect(waitMs(plan, 3, 0, 0)).toBe(0);
  });
});

describe("retry()", () => {
  test("stops after the last attempt with its error", async () => {
    const used = tools();
    const attempts: number[] = [];
    const work = (number: number) => {
      attempts.push(number);
      return Promise.reject(failing(500 + number));
    };
    await expect(retry(work, retryPlan(), used)).rejects.toMatchObject({ data: { status: 503 } });
    expect(attempts).toEqual([1, 2, 3]);
    expect(used.waits).toEqual([1_000, 2_000]);
  });

  test("returns what a later attempt gives", async () => {
    const work = async (number: number) => {
      if (number === 1) throw failing(500);
      return number;
    };
    expect(await retry(work, retryPlan(), tools())).toBe(2);
  });

  test("waits as long as the peer asked (CLIENT-007)", async () => {
    const used = tools();
    await expect(retry(() => Promise.reject(failing(503, { retry_after: 7.5 })), retryPlan(), used)).rejects.toThrow();
    expect(used.waits).toEqual([7_500, 7_500]);
  });

  test("does not begin a wait that ends after the call (CLIENT-015)", async () => {
    const used = tools(5_000);
    await expect(retry(() => Promise.reject(failing(503, { retry_after: 5 })), retryPlan(), used)).rejects.toThrow();
    expect(used.waits).toEqual([]);
  });

  test("makes no further attempt once the signal has aborted", async () => {
    let attempts = 0;
    const work = () => {
      attempts++;
      return Promise.reject(failing(500));
    };
    await expect(retry(work, retryPlan(), { ...tools(), signal: AbortSignal.abort() })).rejects.toThrow();
    expect(attempts).toBe(1);
  });
});

describe("retryAfterSeconds()", () => {
  const now = Date.UTC(2026, 0, 1);

  test.each([
    ["0", 0],
    ["1", 1],
    ["2.5", 2.5],
    [" 120 ", 120],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30],
    ["Thursday, 01-Jan-26 00:00:30 GMT", 30],
    ["Thu Jan  1 00:00:30 2026", 30],
    ["Wed, 31 Dec 2025 23:59:59 GMT", 0],
  ])("reads %j as %s seconds (CLIENT-007)", (value, seconds) => {
    expect(retryAfterSeconds(value, now)).toBe(seconds);
  });

  test.each([null, "", "-1", "soon", "1e3", "0x10", "Thu, 99 Foo 2026 00:00:00 GMT", "NaN"])(
    "takes %j for no wait",
    (value) => {
      expect(retryAfterSeconds(value, now)).toBeUndefined();
    },
  );
});
