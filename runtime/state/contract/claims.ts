import assert from "node:assert/strict";
import { taskStates } from "../../../generated/states.js";
import type { Rule } from "./case.js";
import { agentId, created, fresh, idsOf, record, startMs, task } from "./task-records.js";

/** Rules on whose tasks are whose: those of agents, and of those who hold a lease. */
export const claimRules: readonly Rule[] = [
  {
    name: "agents that share a store have tasks of their own",
    async hold({ store: { tasks } }) {
      const agents = ["urn:asap:agent:one", "urn:asap:agent:two", "urn:asap:agent:o"];
      const asked = { envelopeId: "envelope", idempotencyKey: "key" };
      for (const agent of agents) await created(tasks, fresh(`task of ${agent}`, { agent, ...asked }));
      for (const agent of agents) {
        const made = await tasks.get(`task of ${agent}`);
        assert.equal(made?.agent, agent);
        for (const each of [{ envelopeId: "envelope" }, { idempotencyKey: "key" }, asked]) {
          assert.deepEqual(await tasks.find(agent, made.owner, each), made);
        }
        assert.deepEqual(await tasks.create(fresh("again", { agent, ...asked })), { outcome: "exists", record: made });
        assert.deepEqual(await tasks.list({ agent }), { items: [made] });
        assert.deepEqual(await tasks.list({ agent, owner: made.owner, status: ["completed"] }), { items: [] });
      }
      const lease = { holder: "one", forMs: 60_000 };
      assert.deepEqual(await tasks.claim("urn:asap:agent:other", lease, 10), []);
      assert.equal(await tasks.find("urn:asap:agent:other", fresh("").owner, asked), undefined);
      for (const agent of agents) {
        assert.deepEqual(idsOf(await tasks.claim(agent, lease, 10)), [`task of ${agent}`]);
        assert.deepEqual(await tasks.claim(agent, lease, 10), []);
      }
      await tasks.put({ ...record("moved", "working"), agent: "urn:asap:agent:two" });
      assert.deepEqual(await tasks.claim("urn:asap:agent:one", lease, 10), []);
      assert.deepEqual(idsOf(await tasks.claim("urn:asap:agent:two", lease, 10)), ["moved"]);
    },
  },
  {
    name: "a task of no agent stays in lists, and no agent finds or claims it",
    async hold({ store: { tasks } }) {
      const old = { ...record("old", "working"), agent: "" };
      await tasks.put(old);
      assert.deepEqual(await tasks.list(), { items: [old] });
      assert.deepEqual(await tasks.list({ agent: agentId }), { items: [] });
      assert.deepEqual(await tasks.claim(agentId, { holder: "one", forMs: 1_000 }, 10), []);
      assert.equal(await tasks.find(agentId, old.owner, { envelopeId: "envelope-old" }), undefined);
      await created(tasks, fresh("new", { envelopeId: "envelope-old" }));
    },
  },
  {
    name: "a lease keeps a task from others until it has run out or is given up",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("held", { lease: { holder: "one", forMs: 60_000 } }));
      await created(tasks, fresh("free"));
      assert.deepEqual(idsOf(await tasks.claim(agentId, { holder: "two", forMs: 60_000 }, 10)), ["free"]);
      assert.deepEqual(await tasks.claim(agentId, { holder: "two", forMs: 60_000 }, 10), []);
      assert.ok(await tasks.change("held", 1, { lease: null }));
      const [taken] = await tasks.claim(agentId, { holder: "two", forMs: 60_000 }, 10);
      assert.deepEqual([taken?.task.id, taken?.version, taken?.lease?.holder], ["held", 3, "two"]);
      assert.equal(await tasks.change("held", 2, { answer: "{}" }), undefined);
      assert.ok(await tasks.change("held", 3, { lease: { holder: "two", forMs: -1 } }));
      assert.deepEqual(idsOf(await tasks.claim(agentId, { holder: "three", forMs: 60_000 }, 10)), ["held"]);
    },
  },
  {
    name: "a lease is as long as it was wanted",
    async hold({ store: { tasks } }) {
      const first = await created(tasks, fresh("task", { lease: { holder: "one", forMs: 60_000 } }));
      const renewed = await tasks.change("task", 1, { lease: { holder: "one", forMs: 120_000 } });
      const longer = (renewed?.lease?.untilMs ?? 0) - (first.lease?.untilMs ?? 0);
      assert.ok(longer >= 60_000 && longer < 90_000, `${longer}`);
    },
  },
  {
    name: "tasks that wait for input are claimed too, those at their end are not",
    async hold({ store: { tasks } }) {
      for (const status of taskStates) await tasks.put({ ...record(status, status), envelopeId: status });
      const claimed = await tasks.claim(agentId, { holder: "one", forMs: 1_000 }, 10);
      assert.deepEqual(idsOf(claimed).sort(), ["input_required", "submitted", "working"]);
    },
  },
  {
    name: "claimers at once share the tasks and none is given twice",
    async hold({ store: { tasks } }) {
      for (let index = 0; index < 40; index += 1) await created(tasks, fresh(`task-${index}`));
      const claims = Array.from({ length: 8 }, (_, index) =>
        tasks.claim(agentId, { holder: `h${index}`, forMs: 60_000 }, 7),
      );
      const ids = (await Promise.all(claims)).flatMap(idsOf);
      ids.push(...idsOf(await tasks.claim(agentId, { holder: "last", forMs: 60_000 }, 100)));
      assert.equal(ids.length, 40);
      assert.equal(new Set(ids).size, 40);
    },
  },
  {
    name: "a task may be created at its end with its answer, and is nobody's to claim",
    async hold({ store: { tasks } }) {
      const ends = ["completed", "failed", "cancelled"] as const;
      for (const end of ends) {
        const given = fresh(end, { task: task(end, end), request: null, answer: '{"id":null}' });
        const made = await created(tasks, given);
        assert.deepEqual(made, { ...given, version: 1, lease: null });
        assert.deepEqual(await tasks.get(end), made);
        const again = await tasks.create(fresh("another", { envelopeId: given.envelopeId }));
        assert.deepEqual(again, { outcome: "exists", record: made });
      }
      assert.deepEqual(idsOf((await tasks.list({ status: ["failed"] })).items), ["failed"]);
      assert.deepEqual(await tasks.claim(agentId, { holder: "one", forMs: 1_000 }, 10), []);
      assert.equal(await tasks.purge(startMs + 1), ends.length);
    },
  },
  {
    name: "a deadline and a lease are whole milliseconds, the next ones",
    async hold({ store: { tasks } }) {
      const made = await created(
        tasks,
        fresh("task", { deadlineMs: startMs + 0.2, lease: { holder: "one", forMs: 0.5 } }),
      );
      assert.equal(made.deadlineMs, startMs + 1);
      assert.ok(Number.isInteger(made.lease?.untilMs));
      assert.deepEqual(await tasks.get("task"), made);
    },
  },
];
