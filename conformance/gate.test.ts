import { describe, expect, it } from "vitest";
import { createGate } from "./gate.js";
import type { Exchange } from "./wire.js";

const limited = (retryAfter?: string): Exchange => ({
  request: { method: "POST", path: "/asap" },
  sent: Buffer.alloc(0),
  sentBytes: 0,
  response: {
    status: 429,
    reason: "",
    headers: retryAfter === undefined ? [] : [["Retry-After", retryAfter]],
    body: Buffer.alloc(0),
  },
  startedAt: 0,
  elapsedMs: 0,
});

function setUp(maxWaitMs = 100_000) {
  let clock = 1_000_000;
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    clock += ms;
  };
  return { slept, gate: createGate({ maxWaitMs, now: () => clock, sleep, stopped: () => false }) };
}

describe("createGate()", () => {
  it("lets requests pass when nothing was refused", async () => {
    const { gate, slept } = setUp();
    await gate.pass();
    expect(slept).toEqual([]);
  });

  it("waits as long as Retry-After says, in seconds or as a date, and a second without it", async () => {
    const { gate, slept } = setUp();
    for (const value of ["3", new Date(1_010_000).toUTCString(), undefined]) {
      expect(gate.refused(limited(value))).toBe(true);
      expect(gate.closed()).toBe(true);
      await gate.pass();
      expect(gate.closed()).toBe(false);
    }
    expect(slept).toEqual([3000, 7000, 1000]);
    expect(gate.waitedMs()).toBe(11_000);
  });

  it("counts overlapping refusals once", () => {
    const { gate } = setUp();
    gate.refused(limited("5"));
    gate.refused(limited("5"));
    expect(gate.waitedMs()).toBe(5000);
  });

  it("gives up over its budget, and sooner when nothing but refusals came", async () => {
    expect(setUp(2000).gate.refused(limited("3"))).toBe(false);
    const { gate } = setUp(10_000_000);
    let waits = 0;
    while (gate.refused(limited("10"))) {
      waits += 1;
      await gate.pass();
    }
    expect(waits).toBe(8);
    gate.answered();
    expect(gate.refused(limited("10"))).toBe(true);
  });
});
