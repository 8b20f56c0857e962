import { describe, expect, test } from "vitest";
import { type Circuits, createBreaker } from "./breaker.js";

const url = "http://peer.example";

function breaker(options: object = {}) {
  const clock = { ms: 1_000_000 };
  const circuits: Circuits = new Map();
  const make = (at = url) => createBreaker(at, { circuits, ...options }, () => clock.ms);
  return { clock, circuits, make };
}

const open = { code: "asap:transport/circuit_open", data: { base_url: url, consecutive_failures: 5 } };

describe("createBreaker()", () => {
  test("opens after five failures in a row (CLIENT-013)", () => {
    const one = breaker().make();
    for (let count = 0; count < 5; count++) one.enter().failed();
    expect(() => one.enter()).toThrow(expect.objectContaining(open));
  });

  test("counts anew after a success", () => {
    const one = breaker().make();
    for (let count = 0; count < 4; count++) one.enter().failed();
    one.enter().succeeded();
    for (let count = 0; count < 4; count++) one.enter().failed();
    expect(() => one.enter().succeeded()).not.toThrow();
  });

  test("is shared by everything that calls the same base URL", () => {
    const { make } = breaker();
    for (let count = 0; count < 5; count++) make().enter().failed();
    expect(() => make().enter()).toThrow(expect.objectContaining(open));
    expect(() => make("http://other.example").enter()).not.toThrow();
  });

  test("lets one probe through after a minute, and no other call beside it (CLIENT-013)", () => {
    const { clock, make } = breaker();
    const one = make();
    for (let count = 0; count < 5; count++) one.enter().failed();
    clock.ms += 59_999;
    expect(() => one.enter()).toThrow(expect.objectContaining(open));
    clock.ms += 1;
    const probe = one.enter();
    expect(() => one.enter()).toThrow(expect.objectContaining(open));
    probe.succeeded();
    expect(() => one.enter()).not.toThrow();
    expect(() => one.enter()).not.toThrow();
  });

  test("stays open for another minute when the probe fails", () => {
    const { clock, make } = breaker();
    const one = make();
    for (let count = 0; count < 5; count++) one.enter().failed();
    clock.ms += 60_000;
    one.enter().failed();
    clock.ms += 59_999;
    expect(() => one.enter()).toThrow(expect.objectContaining({ code: "asap:transport/circuit_open" }));
    clock.ms += 1;
    expect(() => one.enter()).not.toThrow();
  });

  test("lets the next call probe when the caller gave up the first probe", () => {
    const { clock, make } = breaker();
    const one = make();
    for (let count = 0; count < 5; count++) one.enter().failed();
    clock.ms += 60_000;
    one.enter().givenUp();
    one.enter().succeeded();
    expect(() => one.enter()).not.toThrow();
  });

  test("does not count calls that were given up", () => {
    const { circuits, make } = breaker();
    const one = make();
    for (let count = 0; count < 10; count++) one.enter().givenUp();
    expect(circuits.size).toBe(0);
  });

  test("takes no news from calls that were under way when it opened", () => {
    const { clock, make } = breaker();
    const one = make();
    const [late, later] = [one.enter(), one.enter()];
    for (let count = 0; count < 5; count++) one.enter().failed();
    clock.ms += 30_000;
    late.failed();
    later.succeeded();
    expect(() => one.enter()).toThrow(expect.objectContaining(open));
    clock.ms += 30_000;
    expect(() => one.enter()).not.toThrow();
  });

  test("probes at once when the clock was set back", () => {
    const { clock, make } = breaker();
    const one = make();
    for (let count = 0; count < 5; count++) one.enter().failed();
    clock.ms -= 1;
    expect(() => one.enter()).not.toThrow();
  });

  test("keeps at most a thousand circuits and none of peers that answer", () => {
    const { circuits, make } = breaker();
    for (let count = 0; count < 1_200; count++) make(`${url}/${count}`).enter().failed();
    expect(circuits.size).toBe(1_000);
    for (let count = 200; count < 1_200; count++) make(`${url}/${count}`).enter().succeeded();
    expect(circuits.size).toBe(0);
  });

  test.each([{ failures: 0 }, { failures: 2.5 }, { resetMs: -1 }, { resetMs: Number.NaN }])("refuses %j", (options) => {
    expect(() => breaker(options).make()).toThrow(expect.objectContaining({ code: "asap:config/invalid_option" }));
  });
});
