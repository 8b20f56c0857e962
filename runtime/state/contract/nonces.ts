import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { awkwardTexts, refused } from "./assert.js";
import type { Rule } from "./case.js";

/** Rules on nonces. */
export const nonceRules: readonly Rule[] = [
  {
    name: "a nonce is new once",
    async hold({ store: { nonces } }) {
      assert.equal(await nonces.use("nonce", 60_000), true);
      assert.equal(await nonces.use("nonce", 60_000), false);
      assert.equal(await nonces.use("other", 60_000), true);
    },
  },
  {
    name: "of many who use one nonce at once, one is first",
    async hold({ store: { nonces } }) {
      const uses = await Promise.all(Array.from({ length: 200 }, () => nonces.use("nonce", 60_000)));
      assert.equal(uses.filter((isFirst) => isFirst).length, 1);
    },
  },
  {
    name: "a nonce is new again once its time is over",
    async hold({ store: { nonces } }) {
      assert.equal(await nonces.use("nonce", 50), true);
      for (let tries = 0; !(await nonces.use("nonce", 50)); tries += 1) {
        assert.ok(tries < 200, "it was never forgotten");
        await wait(20);
      }
    },
  },
  {
    name: "awkward nonces are told apart, and those that cannot be are refused",
    async hold({ store: { nonces } }) {
      for (const text of awkwardTexts) assert.equal(await nonces.use(text, 60_000), true);
      for (const text of awkwardTexts) assert.equal(await nonces.use(text, 60_000), false);
      for (const text of ["", "nul\0"]) await refused("asap:state/invalid_record", () => nonces.use(text, 60_000));
    },
  },
  {
    name: "a nonce is remembered for whoever opens the place next",
    durable: true,
    async hold({ store, again }) {
      assert.equal(await store.nonces.use("nonce", 60_000), true);
      assert.equal(await (await again()).nonces.use("nonce", 60_000), false);
    },
  },
];
