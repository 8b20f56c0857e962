import assert from "node:assert/strict";
import { isAsapError } from "../../error.js";
import { refused } from "../../state/contract/assert.js";
import type { WebhookRule } from "./case.js";
import { claimed, delivery, idsOf } from "./records.js";

const [one, other] = ["urn:asap:agent:one", "urn:asap:agent:other"] as const;
const taken = "asap:config/webhook_store_taken";

/** Rules on whose webhooks a store keeps. */
export const bindingRules: readonly WebhookRule[] = [
  {
    name: "the first agent has the store, all its instances share it, no other gets it",
    async hold({ bind, agent, again }) {
      assert.equal(await agent(), undefined);
      await bind(one);
      await bind(one);
      assert.equal(await agent(), one);
      await refused(taken, () => bind(other));
      const { store } = await again();
      await store.bind(one);
      await refused(taken, () => store.bind(other));
      await refused(taken, () => store.bind(`${one}-b`));
      assert.equal(await store.agent(), one);
    },
  },
  {
    name: "the refusal names the agent that has the store, and the one that asked",
    async hold({ bind }) {
      await bind(one);
      const cause = await bind(other).catch((error: unknown) => error);
      assert.ok(isAsapError(cause));
      assert.deepEqual(cause.data, { agent: other, owner: one });
      assert.ok(cause.message.includes(one) && cause.message.includes(other));
    },
  },
  {
    name: "of agents that ask at once one has the store",
    async hold({ bind, again }) {
      const others = await Promise.all(Array.from({ length: 3 }, async () => (await again()).store));
      const binds = [bind, ...others.map((each) => each.bind)];
      const agents = Array.from({ length: 24 }, (_, index) => `${one}-${index % 8}`);
      const outcomes = await Promise.allSettled(agents.map((agent, index) => binds[index % binds.length]?.(agent)));
      const winners = new Set(agents.filter((_, index) => outcomes[index]?.status === "fulfilled"));
      assert.equal(winners.size, 1);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 3);
    },
  },
  {
    name: "a store that nobody has takes subscriptions and deliveries, and keeps them for who is first",
    async hold({ bind, queue }) {
      await queue.enqueue([delivery("d")]);
      await bind(one);
      assert.deepEqual(idsOf(await claimed(queue)), ["d"]);
    },
  },
  {
    name: "what cannot be the id of an agent is refused, and takes nothing",
    async hold({ bind }) {
      for (const text of ["", "nul\0", "x".repeat(257)]) await refused("asap:state/invalid_record", () => bind(text));
      await bind(one);
    },
  },
  {
    name: "the store is its agent's for whoever opens the place next",
    durable: true,
    async hold({ bind, reopened }) {
      await bind(one);
      const next = await reopened();
      await refused(taken, () => next.bind(other));
      await next.bind(one);
    },
  },
];
