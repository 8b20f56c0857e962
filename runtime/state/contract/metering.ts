import assert from "node:assert/strict";
import type { UsageEvent } from "../../../generated/models.js";
import type { UsageFilter } from "../metering-store.js";
import { awkwardTexts, refused } from "./assert.js";
import type { Rule } from "./case.js";

const startMs = Date.UTC(2026, 0, 1);

const event = (minute: number, more: Partial<UsageEvent> = {}): UsageEvent => ({
  task_id: `task-${minute}`,
  agent_id: "urn:asap:agent:server",
  consumer_id: "urn:asap:agent:client",
  metrics: { tokens_in: minute, tokens_out: 1, duration_ms: 10, api_calls: 2 },
  timestamp: new Date(startMs + minute * 60_000).toISOString(),
  ...more,
});

/** Rules on records of use (ASAP 1.1, section 14). */
export const meteringRules: readonly Rule[] = [
  {
    name: "use comes back by time, with what was not said as 0",
    async hold({ store: { metering } }) {
      await metering.record(event(2), { ...event(0), metrics: {} }, event(1));
      const { items } = await metering.query();
      assert.deepEqual(
        items.map(({ event: { task_id } }) => task_id),
        ["task-0", "task-1", "task-2"],
      );
      assert.deepEqual(items[0]?.event.metrics, { tokens_in: 0, tokens_out: 0, duration_ms: 0, api_calls: 0 });
      assert.equal(items[1]?.event.timestamp, "2026-01-01T00:01:00+00:00");
      assert.equal(new Set(items.map(({ id }) => id)).size, 3);
    },
  },
  {
    name: "filters by agent, consumer, task and time hold together, both ends of the time included",
    async hold({ store: { metering } }) {
      await metering.record(
        ...[0, 1, 2, 3].map((minute) => event(minute)),
        event(1, { agent_id: "urn:asap:agent:other" }),
        event(2, { consumer_id: "urn:asap:agent:third" }),
      );
      const minutes = async (filter: UsageFilter) =>
        (await metering.query(filter)).items.map(({ event: { metrics } }) => metrics.tokens_in);
      assert.deepEqual(await minutes({ agentId: "urn:asap:agent:server" }), [0, 1, 2, 2, 3]);
      assert.deepEqual(await minutes({ consumerId: "urn:asap:agent:third" }), [2]);
      assert.deepEqual(await minutes({ taskId: "task-1" }), [1, 1]);
      assert.deepEqual(await minutes({ taskId: "task-1", agentId: "urn:asap:agent:other" }), [1]);
      assert.deepEqual(await minutes({ fromMs: startMs + 60_000, toMs: startMs + 120_000 }), [1, 1, 2, 2]);
      assert.deepEqual(await minutes({ fromMs: startMs + 60_001, toMs: startMs + 119_999 }), []);
      assert.deepEqual(await minutes({ agentId: "urn:asap:agent:nobody" }), []);
    },
  },
  {
    name: "sums are those of the agent's events that fit, and the period is given back",
    async hold({ store: { metering } }) {
      await metering.record(event(1), event(2), event(3), event(9, { agent_id: "urn:asap:agent:other" }));
      assert.deepEqual(await metering.aggregate("urn:asap:agent:server", "day"), {
        agent_id: "urn:asap:agent:server",
        period: "day",
        total_tokens: 9,
        total_duration: 30,
        total_tasks: 3,
        total_api_calls: 6,
      });
      const { total_tasks } = await metering.aggregate("urn:asap:agent:server", "x", { toMs: startMs + 120_000 });
      assert.equal(total_tasks, 2);
      assert.equal((await metering.aggregate("urn:asap:agent:nobody", "x")).total_tokens, 0);
    },
  },
  {
    name: "sums are exact up to the largest safe whole number",
    async hold({ store: { metering } }) {
      const most = Number.MAX_SAFE_INTEGER;
      await metering.record(
        event(1, { metrics: { duration_ms: most - 1, tokens_in: 0 } }),
        event(2, { metrics: { duration_ms: 1, tokens_in: 0 } }),
      );
      assert.equal((await metering.aggregate("urn:asap:agent:server", "x")).total_duration, most);
    },
  },
  {
    name: "an event that does not fit is refused with all that came along",
    async hold({ store: { metering } }) {
      const bad = { ...event(1), metrics: { tokens_in: -1 } };
      await refused("asap:state/invalid_record", () => metering.record(event(0), bad as UsageEvent));
      await refused("asap:state/invalid_record", () => metering.record({ ...event(0), agent_id: "" }));
      assert.deepEqual(await metering.query(), { items: [] });
    },
  },
  {
    name: "pages give every record once, also where many have one time",
    async hold({ store: { metering } }) {
      await metering.record(...Array.from({ length: 25 }, (_, index) => event(index % 3, { task_id: `t${index}` })));
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await metering.query({}, { limit: 4, ...(after !== undefined && { after }) });
        seen.push(...page.items.map(({ event: { task_id } }) => task_id));
        if (page.next === undefined) break;
        after = page.next;
      }
      assert.equal(seen.length, 25);
      assert.equal(new Set(seen).size, 25);
    },
  },
  {
    name: "records that are taken over keep their ids, and taken over again change nothing",
    async hold({ store: { metering } }) {
      await metering.record(event(1), event(2));
      const { items } = await metering.query();
      await metering.put(...items);
      assert.deepEqual((await metering.query()).items, items);
      await metering.put({ id: "of-another-store", event: event(3) });
      assert.equal((await metering.query({ taskId: "task-3" })).items[0]?.id, "of-another-store");
    },
  },
  {
    name: "purge deletes what is older and tells how much",
    async hold({ store: { metering } }) {
      await metering.record(event(0), event(1), event(2));
      assert.equal(await metering.purge(startMs + 60_000), 1);
      assert.equal(await metering.purge(startMs + 60_000), 0);
      assert.equal((await metering.query()).items.length, 2);
    },
  },
  {
    name: "awkward texts are told apart",
    async hold({ store: { metering } }) {
      await metering.record(
        ...awkwardTexts.map((text) => event(1, { agent_id: text, consumer_id: text, task_id: text })),
      );
      for (const text of awkwardTexts) {
        const { items } = await metering.query({ agentId: text, consumerId: text, taskId: text });
        assert.deepEqual(
          items.map(({ event: { agent_id } }) => agent_id),
          [text],
        );
      }
    },
  },
  {
    name: "recorders at once lose nothing",
    async hold({ store: { metering } }) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => metering.record(event(index))));
      assert.equal((await metering.aggregate("urn:asap:agent:server", "x")).total_tasks, 100);
    },
  },
];
