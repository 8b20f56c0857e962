import assert from "node:assert/strict";
import type { Task } from "../../../generated/models.js";
import { canTransition, taskStates } from "../../../generated/states.js";
import type { NewTask, TaskRecord } from "../task-store.js";
import { awkwardTexts, refused } from "./assert.js";
import type { Rule } from "./case.js";
import { claimRules } from "./claims.js";
import { agentId, created, fresh, idsOf, record, startMs, task } from "./task-records.js";

/** Rules on tasks. */
export const taskRules: readonly Rule[] = [
  {
    name: "a task comes back as it was created, with version 1 and no lease",
    async hold({ store: { tasks } }) {
      const given = fresh("task", { idempotencyKey: "key", deadlineMs: startMs + 5 });
      const made = await created(tasks, given);
      assert.deepEqual(made, { ...given, version: 1, lease: null });
      assert.deepEqual(await tasks.get("task"), made);
      assert.equal(await tasks.get("other"), undefined);
    },
  },
  {
    name: "a second request of one owner by one envelope or key finds the task of the first",
    async hold({ store: { tasks } }) {
      const first = await created(tasks, fresh("task", { envelopeId: "envelope", idempotencyKey: "key" }));
      for (const again of [
        fresh("another", { envelopeId: "envelope" }),
        fresh("another", { envelopeId: "new", idempotencyKey: "key" }),
        fresh("another", { envelopeId: null, idempotencyKey: "key" }),
      ]) {
        assert.deepEqual(await tasks.create(again), { outcome: "exists", record: first });
      }
      assert.equal(await tasks.get("another"), undefined);
      const { owner } = first;
      assert.deepEqual(await tasks.find(agentId, owner, { envelopeId: "envelope" }), first);
      assert.deepEqual(await tasks.find(agentId, owner, { idempotencyKey: "key" }), first);
      assert.equal(await tasks.find(agentId, owner, { envelopeId: "key" }), undefined);
      assert.equal(await tasks.find(agentId, owner, {}), undefined);
    },
  },
  {
    name: "an envelope id or key of another owner finds nothing",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("task", { envelopeId: "envelope", idempotencyKey: "key" }));
      const owner = "urn:asap:agent:thief";
      assert.equal(await tasks.find(agentId, owner, { envelopeId: "envelope" }), undefined);
      await created(tasks, fresh("other", { owner, envelopeId: "envelope", idempotencyKey: "key" }));
    },
  },
  {
    name: "an id that is taken is refused",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("task"));
      await refused("asap:state/conflict", () => tasks.create(fresh("task", { envelopeId: "other" })));
    },
  },
  {
    name: "of many who create by one envelope at once, one creates",
    async hold({ store: { tasks } }) {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => tasks.create(fresh(`task-${index}`, { envelopeId: "one" }))),
      );
      assert.equal(outcomes.filter(({ outcome }) => outcome === "created").length, 1);
      assert.equal(new Set(outcomes.map((each) => each.record.task.id)).size, 1);
      assert.equal((await tasks.list()).items.length, 1);
    },
  },
  {
    name: "a change needs the version, and makes the next one",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("task"));
      const working = await tasks.change("task", 1, { task: task("task", "working", 1) });
      assert.deepEqual([working?.version, working?.task.status], [2, "working"]);
      assert.equal(await tasks.change("task", 1, { task: task("task", "cancelled", 2) }), undefined);
      assert.equal(await tasks.change("other", 1, { answer: "{}" }), undefined);
      const done = await tasks.change("task", 2, { task: task("task", "completed", 2), request: null, answer: "{}" });
      assert.deepEqual(done, await tasks.get("task"));
      assert.deepEqual([done?.version, done?.request, done?.answer], [3, null, "{}"]);
    },
  },
  {
    name: "a status goes where the state machine lets it go, and nowhere else",
    async hold({ store: { tasks } }) {
      for (const from of taskStates) {
        for (const to of taskStates) {
          const id = `${from} ${to}`;
          await tasks.put({ ...record(id, from), envelopeId: null });
          const move = () => tasks.change(id, 3, { task: task(id, to, 1) });
          if (from === to || canTransition(from, to)) assert.equal((await move())?.task.status, to);
          else {
            await refused("asap:protocol/invalid_state", move);
            assert.equal((await tasks.get(id))?.version, 3);
          }
        }
      }
    },
  },
  {
    name: "of writers at once one changes a version",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("task"));
      for (let version = 1; version <= 10; version += 1) {
        const writers = Array.from({ length: 8 }, (_, index) =>
          tasks.change("task", version, { answer: `"${index}"` }),
        );
        const winners = (await Promise.all(writers)).filter((each) => each !== undefined);
        assert.equal(winners.length, 1);
        assert.deepEqual(await tasks.get("task"), winners[0]);
      }
    },
  },
  {
    name: "a conversation without a name is one like others",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("named"));
      const made = await created(tasks, fresh("nameless", { task: { ...task("nameless"), conversation_id: "" } }));
      assert.deepEqual(await tasks.get("nameless"), made);
      assert.deepEqual(idsOf((await tasks.list({ conversationId: "" })).items), ["nameless"]);
    },
  },
  {
    name: "lists give the latest first, filtered, page by page",
    async hold({ store: { tasks } }) {
      for (let index = 0; index < 9; index += 1) {
        const status = index % 3 === 0 ? "completed" : "working";
        const owner = index < 5 ? "one" : "two";
        await tasks.put({ ...record(`task-${index}`, status, Math.floor(index / 2)), owner });
      }
      const all: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await tasks.list({}, { limit: 2, ...(after !== undefined && { after }) });
        all.push(...idsOf(page.items));
        if (page.next === undefined) break;
        after = page.next;
      }
      const order = [8, 6, 7, 4, 5, 2, 3, 0, 1].map((index) => `task-${index}`);
      assert.deepEqual(all, order);
      assert.deepEqual(idsOf((await tasks.list({ status: ["completed"] })).items), ["task-6", "task-3", "task-0"]);
      assert.deepEqual(idsOf((await tasks.list({ owner: "two", status: ["working"] })).items), [
        "task-8",
        "task-7",
        "task-5",
      ]);
      assert.deepEqual((await tasks.list({ conversationId: "other" })).items, []);
      assert.deepEqual((await tasks.list({ status: [] })).items, []);
      for (const parts of ["{}", "[1]", '[true,"task-1"]', '[null,"task-1"]']) {
        const after = Buffer.from(parts).toString("base64url");
        await refused("asap:config/invalid_option", () => tasks.list({}, { after }));
      }
    },
  },
  {
    name: "put takes a record as it is, in place of the one with its id",
    async hold({ store: { tasks } }) {
      await created(tasks, fresh("task", { envelopeId: "before" }));
      const moved = { ...record("task", "completed"), envelopeId: "after", lease: { holder: "x", untilMs: startMs } };
      await tasks.put(moved);
      assert.deepEqual(await tasks.get("task"), moved);
      assert.equal(await tasks.find(agentId, moved.owner, { envelopeId: "before" }), undefined);
      assert.deepEqual(await tasks.find(agentId, moved.owner, { envelopeId: "after" }), moved);
    },
  },
  {
    name: "a put of a task that was asked for as another one was is refused, and both stay as they were",
    async hold({ store: { tasks } }) {
      const first = await created(tasks, fresh("first", { envelopeId: "envelope", idempotencyKey: "key" }));
      const second = await created(tasks, fresh("second", { envelopeId: "other", idempotencyKey: "other" }));
      for (const asked of [{ envelopeId: "envelope" }, { idempotencyKey: "key" }]) {
        await refused("asap:state/conflict", () => tasks.put({ ...record("second", "completed"), ...asked }));
        await refused("asap:state/conflict", () => tasks.put({ ...record("third", "completed"), ...asked }));
      }
      assert.deepEqual(await tasks.get("first"), first);
      assert.deepEqual(await tasks.get("second"), second);
      assert.equal(await tasks.get("third"), undefined);
      assert.deepEqual(await tasks.find(agentId, first.owner, { envelopeId: "envelope" }), first);
      assert.deepEqual(await tasks.find(agentId, first.owner, { envelopeId: "other" }), second);
      await tasks.put(first);
      await tasks.put({ ...record("third", "completed"), owner: "urn:asap:agent:other", envelopeId: "envelope" });
      assert.deepEqual(await tasks.find(agentId, first.owner, { envelopeId: "envelope" }), first);
    },
  },
  {
    name: "a change cannot give a task another id",
    async hold({ store: { tasks } }) {
      const made = await created(tasks, fresh("task"));
      for (const version of [1, 2]) {
        await refused("asap:state/invalid_record", () =>
          tasks.change("task", version, { task: task("other", "working") }),
        );
      }
      assert.deepEqual(await tasks.get("task"), made);
      assert.equal(await tasks.get("other"), undefined);
    },
  },
  {
    name: "purge deletes what ended before, and what it was asked for by",
    async hold({ store: { tasks } }) {
      await tasks.put(record("old", "completed", 0));
      await tasks.put(record("young", "failed", 10));
      await tasks.put(record("running", "working", 0));
      assert.equal(await tasks.purge(startMs + 60_000), 1);
      assert.deepEqual(idsOf((await tasks.list()).items), ["young", "running"]);
      assert.equal(await tasks.find(agentId, "urn:asap:agent:client", { envelopeId: "envelope-old" }), undefined);
    },
  },
  {
    name: "awkward ids, owners and keys are told apart",
    async hold({ store: { tasks } }) {
      for (const text of awkwardTexts) {
        await created(tasks, fresh(text, { owner: text, envelopeId: text, idempotencyKey: text }));
      }
      for (const text of awkwardTexts) {
        assert.equal((await tasks.get(text))?.task.id, text);
        for (const asked of [{ envelopeId: text }, { idempotencyKey: text }]) {
          assert.equal((await tasks.find(agentId, text, asked))?.task.id, text);
        }
        assert.deepEqual(idsOf((await tasks.list({ owner: text })).items), [text]);
      }
    },
  },
  {
    name: "what does not fit is refused",
    async hold({ store: { tasks } }) {
      const bad: readonly unknown[] = [
        fresh(""),
        fresh("task", { owner: "" }),
        fresh("task", { agent: "a".repeat(257) }),
        fresh("task", { deadlineMs: Number.NaN }),
        fresh("task", { envelopeId: "nul\0" }),
        { ...fresh("task"), task: { ...task("task"), status: "asleep" } },
      ];
      for (const each of bad) await refused("asap:state/invalid_record", () => tasks.create(each as NewTask));
      await refused("asap:state/too_large", () => tasks.create(fresh("task", { request: "x".repeat(10_485_761) })));
      assert.deepEqual(await tasks.list(), { items: [] });
    },
  },
  {
    name: "progress that JSON cannot hold, or that is too large, is refused, and the task stays as it was",
    async hold({ store: { tasks } }) {
      const made = await created(tasks, fresh("task"));
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      const bad = [
        ["asap:state/invalid_record", { percent: 1n }],
        ["asap:state/invalid_record", circle],
        ["asap:state/too_large", { text: "x".repeat(10_485_761) }],
      ] as const;
      for (const [code, progress] of bad) {
        const unfit = (id: string): Task => ({ ...task(id, "working"), progress });
        const lease = { holder: "one", forMs: 60_000 };
        await refused(code, () => tasks.change("task", 1, { task: unfit("task"), lease }));
        await refused(code, () => tasks.create(fresh("other", { task: unfit("other") })));
        await refused(code, () => tasks.put({ ...record("other", "working"), task: unfit("other") }));
      }
      assert.deepEqual(await tasks.list(), { items: [made] });
    },
  },
  {
    name: "what is given and what is given back is the caller's own",
    async hold({ store: { tasks } }) {
      const withProgress = (percent: number): Task => ({ ...task("task", "working"), progress: { percent } });
      const lease = { holder: "one", forMs: 60_000 };
      const spoil = ({ task: spoiled, ...more }: Pick<TaskRecord, "task"> & Partial<Pick<TaskRecord, "lease">>) => {
        Object.assign(spoiled, { status: "completed", conversation_id: "other" });
        Object.assign(spoiled.progress ?? {}, { percent: 99 });
        if (more.lease != null) Object.assign(more.lease, { holder: "thief", untilMs: 0 });
      };
      const given = fresh("task", { task: withProgress(1), lease });
      const made = await created(tasks, given);
      const asMade = structuredClone(made);
      for (const each of [given, made]) spoil({ task: each.task });
      spoil(made);
      assert.deepEqual(await tasks.get("task"), asMade);
      const answered = await tasks.change("task", 1, { answer: "{}" });
      assert.deepEqual(answered, { ...asMade, version: 2, answer: "{}" });
      const next = withProgress(2);
      const changed = await tasks.change("task", 2, { task: next, lease });
      const asChanged = structuredClone(changed);
      for (const each of [answered, changed]) if (each !== undefined) spoil(each);
      spoil({ task: next });
      assert.deepEqual(await tasks.get("task"), asChanged);
      const renewed = await tasks.change("task", 3, { answer: "[]" });
      assert.deepEqual(renewed, { ...asChanged, version: 4, answer: "[]" });
      for (const read of [await tasks.get("task"), ...(await tasks.list()).items]) if (read !== undefined) spoil(read);
      assert.deepEqual(await tasks.get("task"), renewed);
    },
  },
  {
    name: "a task is there for whoever opens the place next",
    durable: true,
    async hold({ store, again }) {
      const made = await created(store.tasks, fresh("task", { lease: { holder: "one", forMs: 60_000 } }));
      const second = await again();
      assert.deepEqual(await second.tasks.get("task"), made);
      assert.deepEqual(await second.tasks.create(fresh("other", { envelopeId: "envelope-task" })), {
        outcome: "exists",
        record: made,
      });
      assert.ok(await second.tasks.change("task", 1, { answer: "{}" }));
      assert.equal(await store.tasks.change("task", 1, { answer: "{}" }), undefined);
    },
  },
  ...claimRules,
];
