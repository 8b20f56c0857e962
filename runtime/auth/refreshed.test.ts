import { describe, expect, test } from "vitest";
import { AsapError } from "../error.js";
import { Refreshed, type RefreshRules } from "./refreshed.js";

const rules = { maxAgeMs: 600_000, staleMs: 3_600_000, cooldownMs: 30_000 };
const differ = (before: number, after: number) => before !== after;

/** A document that is fetched as the test says, by a clock that the test moves. */
function start(answer: () => number | Promise<number>, more: Partial<RefreshRules> = {}) {
  const state = { clock: 0, fetched: 0 };
  const load = async () => {
    state.fetched += 1;
    return answer();
  };
  const refreshed = new Refreshed(load, { ...rules, now: () => state.clock, ...more });
  return { state, refreshed };
}

describe("early fetches of a document that is another each time", () => {
  test("are bounded", async () => {
    let version = 0;
    const { state, refreshed } = start(() => ++version);
    await refreshed.get();
    for (let count = 0; count < 200; count += 1) await refreshed.early(differ);
    expect(state.fetched).toBe(6);
    state.clock += 29_999;
    expect(refreshed.early(differ)).toBeUndefined();
    state.clock += 1;
    for (let count = 0; count < 200; count += 1) await refreshed.early(differ);
    expect(state.fetched).toBe(11);
  });

  test("are one in the cooldown where nothing new comes", async () => {
    const { state, refreshed } = start(() => 1);
    await refreshed.get();
    for (let count = 0; count < 200; count += 1) await refreshed.early(differ);
    expect(state.fetched).toBe(2);
  });
});

describe("a document that cannot be fetched anew", () => {
  const down = () => Promise.reject(new AsapError("asap:auth/unavailable"));

  test("is used while it is stale, and nobody waits for attempts after the first that failed", async () => {
    let answer: () => number | Promise<number> = () => 1;
    const { state, refreshed } = start(() => answer());
    await refreshed.get();
    answer = down;
    state.clock += 600_001;
    expect(await refreshed.get()).toBe(1);
    let arrive = (_: number) => {};
    answer = () =>
      new Promise<number>((resolve) => {
        arrive = resolve;
      });
    state.clock += 1_000;
    expect(await refreshed.get()).toBe(1);
    expect(await refreshed.get()).toBe(1);
    expect(state.fetched).toBe(3);
    arrive(2);
    await new Promise(setImmediate);
    expect(await refreshed.get()).toBe(2);
  });

  test("is not used beyond that", async () => {
    let answer: () => number | Promise<number> = () => 1;
    const { state, refreshed } = start(() => answer());
    await refreshed.get();
    answer = down;
    state.clock += 600_001;
    expect(await refreshed.get()).toBe(1);
    state.clock += 3_600_000;
    await expect(refreshed.get()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
  });
});

describe("a clock that went back", () => {
  test("makes a document stale, so that it is fetched anew", async () => {
    let version = 0;
    const { state, refreshed } = start(() => ++version);
    state.clock = 1_000_000_000;
    expect(await refreshed.get()).toBe(1);
    state.clock -= 1;
    expect(await refreshed.get()).toBe(2);
    expect(await refreshed.get()).toBe(2);
  });

  test("ends the wait after a fetch that failed", async () => {
    let answer: () => number | Promise<number> = () => Promise.reject(new AsapError("asap:auth/unavailable"));
    const { state, refreshed } = start(() => answer());
    state.clock = 1_000_000_000;
    for (const _ of [1, 2]) await expect(refreshed.get()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
    expect(state.fetched).toBe(1);
    answer = () => 1;
    state.clock = 0;
    expect(await refreshed.get()).toBe(1);
  });

  test("ends the wait after an early fetch", async () => {
    const { state, refreshed } = start(() => 1);
    state.clock = 1_000_000_000;
    await refreshed.get();
    await refreshed.early(differ);
    expect(refreshed.early(differ)).toBeUndefined();
    state.clock = 0;
    expect(await refreshed.early(differ)).toBe(1);
    expect(refreshed.early(differ)).toBeUndefined();
    expect(state.fetched).toBe(3);
  });

  test("leaves a document that cannot be fetched in use", async () => {
    let answer: () => number | Promise<number> = () => 1;
    const { state, refreshed } = start(() => answer());
    state.clock = 1_000_000_000;
    await refreshed.get();
    answer = () => Promise.reject(new AsapError("asap:auth/unavailable"));
    state.clock = 0;
    expect(await refreshed.get()).toBe(1);
    expect(state.fetched).toBe(2);
  });
});
