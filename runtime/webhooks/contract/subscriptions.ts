import assert from "node:assert/strict";
import { awkwardTexts, refused } from "../../state/contract/assert.js";
import type { SubscriptionRecord } from "../subscription-store.js";
import type { WebhookRule } from "./case.js";
import { startMs } from "./case.js";
import { idsOf, subscription } from "./records.js";

/** Rules on subscriptions. */
export const subscriptionRules: readonly WebhookRule[] = [
  {
    name: "a subscription comes back as it was",
    async hold({ subscriptions }) {
      const full = subscription("full", {
        taskId: "task",
        events: ["task.completed", "task.failed"],
        secrets: [
          { value: "sealed é ✓", untilMs: null },
          { value: "old", untilMs: startMs },
        ],
        auth: '{"bearer":"x"}',
        ordered: true,
        batch: { size: 10, waitMs: 500 },
        disabled: { reason: "410", atMs: startMs },
      });
      for (const each of [subscription("bare"), full]) {
        assert.equal(await subscriptions.put(each), true);
        assert.deepEqual(await subscriptions.get(each.id), each);
      }
      assert.equal(await subscriptions.get("other"), undefined);
    },
  },
  {
    name: "a subscription is changed by who knows its latest version",
    async hold({ subscriptions }) {
      assert.equal(await subscriptions.put(subscription("s", { version: 2 })), false);
      assert.equal(await subscriptions.put(subscription("s")), true);
      assert.equal(await subscriptions.put(subscription("s", { ordered: true })), false);
      const changes = Array.from({ length: 10 }, (_, index) =>
        subscriptions.put(subscription("s", { version: 2, auth: String(index) })),
      );
      assert.equal((await Promise.all(changes)).filter((isStored) => isStored).length, 1);
      assert.equal(await subscriptions.put(subscription("s", { version: 4 })), false);
      assert.equal(await subscriptions.put(subscription("s", { version: 3 })), true);
      assert.equal((await subscriptions.get("s"))?.version, 3);
    },
  },
  {
    name: "subscriptions are listed by the time of their making, those that fit, page by page",
    async hold({ subscriptions }) {
      const all: SubscriptionRecord[] = Array.from({ length: 10 }, (_, index) =>
        subscription(`s${index}`, {
          createdMs: startMs + (9 - index) * 10,
          owner: index % 2 === 0 ? "even" : "odd",
          taskId: index < 3 ? null : `task-${index % 2}`,
          url: index < 8 ? "https://a.example/" : "https://b.example/",
        }),
      );
      for (const each of all) await subscriptions.put(each);
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await subscriptions.list({}, { limit: 3, ...(after !== undefined && { after }) });
        seen.push(...idsOf(page.items));
        if (page.next === undefined) break;
        after = page.next;
      }
      assert.deepEqual(seen, ["s9", "s8", "s7", "s6", "s5", "s4", "s3", "s2", "s1", "s0"]);
      const ids = async (filter: Parameters<typeof subscriptions.list>[0]) =>
        idsOf((await subscriptions.list(filter)).items);
      assert.deepEqual(await ids({ taskId: null }), ["s2", "s1", "s0"]);
      assert.deepEqual(await ids({ taskId: "task-1" }), ["s9", "s7", "s5", "s3"]);
      assert.deepEqual(await ids({ owner: "even", url: "https://b.example/" }), ["s8"]);
      assert.deepEqual(await ids({ owner: "nobody" }), []);
      await refused("asap:config/invalid_option", () => subscriptions.list({}, { after: "?" }));
    },
  },
  {
    name: "subscriptions are removed one by one, and those of old tasks together",
    async hold({ subscriptions }) {
      await subscriptions.put(subscription("forever"));
      await subscriptions.put(subscription("old", { taskId: "t" }));
      await subscriptions.put(subscription("new", { taskId: "t", createdMs: startMs + 10 }));
      assert.equal(await subscriptions.prune(startMs + 10), 1);
      assert.deepEqual(idsOf((await subscriptions.list()).items), ["forever", "new"]);
      assert.equal(await subscriptions.remove("forever"), true);
      assert.equal(await subscriptions.remove("forever"), false);
      assert.deepEqual(idsOf((await subscriptions.list()).items), ["new"]);
    },
  },
  {
    name: "the revision changes with every subscription of all tasks, whoever stores or removes it",
    async hold({ subscriptions, again }) {
      const other = (await again()).store.subscriptions;
      const seen = new Set([await subscriptions.revision()]);
      await other.put(subscription("a"));
      seen.add(await subscriptions.revision());
      await subscriptions.put(subscription("a", { version: 2 }));
      seen.add(await subscriptions.revision());
      await other.remove("a");
      seen.add(await subscriptions.revision());
      await subscriptions.restore([subscription("b")]);
      seen.add(await other.revision());
      assert.equal(seen.size, 5);
      assert.equal(await subscriptions.revision(), await other.revision());
    },
  },
  {
    name: "subscriptions of another store are taken over as they are",
    async hold({ subscriptions }) {
      await subscriptions.put(subscription("a"));
      const records = [subscription("a", { version: 7, auth: "x" }), subscription("b", { version: 3 })];
      await subscriptions.restore(records);
      await subscriptions.restore(records);
      assert.deepEqual((await subscriptions.list()).items, records);
      assert.equal(await subscriptions.put(subscription("b", { version: 4 })), true);
    },
  },
  {
    name: "awkward texts are told apart, and what cannot be an id is refused",
    async hold({ subscriptions }) {
      for (const text of awkwardTexts)
        assert.equal(await subscriptions.put(subscription(text, { owner: text, taskId: text })), true);
      for (const text of awkwardTexts)
        assert.deepEqual(idsOf((await subscriptions.list({ owner: text, taskId: text })).items), [text]);
      for (const text of ["", "nul\0"])
        await refused("asap:state/invalid_record", () => subscriptions.put(subscription(text)));
    },
  },
  {
    name: "subscriptions are there for whoever opens the place next",
    durable: true,
    async hold({ subscriptions, reopened }) {
      await subscriptions.put(subscription("a"));
      assert.deepEqual(await (await reopened()).subscriptions.get("a"), subscription("a"));
    },
  },
];
