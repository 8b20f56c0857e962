import assert from "node:assert/strict";
import type { StateSnapshot } from "../../../generated/models.js";
import { awkwardTexts, refused } from "./assert.js";
import type { Rule } from "./case.js";

/** A snapshot of a task. */
export const snapshot = (
  taskId: string,
  version: number,
  data: StateSnapshot["data"] = { step: version },
): StateSnapshot => ({
  id: `snap-${version}`,
  task_id: taskId,
  version,
  data,
  checkpoint: version % 2 === 0,
  created_at: "2026-01-02T03:04:05.123456+00:00",
});

/** Rules on snapshots (ASAP 1.1, section 14). */
export const snapshotRules: readonly Rule[] = [
  {
    name: "a snapshot comes back as it was saved",
    async hold({ store: { snapshots } }) {
      const data = {
        text: "漢字 \u0000 \ud83d\ude00",
        list: [1, 2.5, -0.001, null, true],
        deep: { "": { __proto: [] } },
      };
      await snapshots.save(snapshot("task", 1, data));
      assert.deepEqual(await snapshots.get("task", 1), snapshot("task", 1, data));
    },
  },
  {
    name: "without a version the highest comes back, whatever the order they were saved in",
    async hold({ store: { snapshots } }) {
      for (const version of [2, 10, 9, 1]) await snapshots.save(snapshot("task", version));
      assert.equal((await snapshots.get("task"))?.version, 10);
      assert.deepEqual(await snapshots.listVersions("task"), [1, 2, 9, 10]);
    },
  },
  {
    name: "an unknown task or version is undefined, and has no versions",
    async hold({ store: { snapshots } }) {
      await snapshots.save(snapshot("task", 1));
      assert.equal(await snapshots.get("task", 2), undefined);
      assert.equal(await snapshots.get("other"), undefined);
      assert.deepEqual(await snapshots.listVersions("other"), []);
      assert.equal(await snapshots.delete("other"), false);
      assert.equal(await snapshots.delete("task", 2), false);
    },
  },
  {
    name: "a second snapshot of one version takes the place of the first",
    async hold({ store: { snapshots } }) {
      await snapshots.save(snapshot("task", 1, { first: true }));
      await snapshots.save({ ...snapshot("task", 1, { second: true }), id: "another", checkpoint: true });
      assert.deepEqual(await snapshots.listVersions("task"), [1]);
      const found = await snapshots.get("task");
      assert.deepEqual([found?.id, found?.data, found?.checkpoint], ["another", { second: true }, true]);
    },
  },
  {
    name: "delete takes one version, or all of a task and of no other",
    async hold({ store: { snapshots } }) {
      for (const version of [1, 2, 3]) await snapshots.save(snapshot("task", version));
      await snapshots.save(snapshot("task2", 1));
      assert.equal(await snapshots.delete("task", 3), true);
      assert.equal((await snapshots.get("task"))?.version, 2);
      assert.equal(await snapshots.delete("task"), true);
      assert.deepEqual(await snapshots.listVersions("task"), []);
      assert.equal(await snapshots.get("task"), undefined);
      assert.deepEqual(await snapshots.listVersions("task2"), [1]);
    },
  },
  {
    name: "what is changed after saving or getting changes nothing in the store",
    async hold({ store: { snapshots } }) {
      const data: Record<string, unknown> = { list: [1] };
      await snapshots.save(snapshot("task", 1, data));
      data["list"] = "changed";
      const found = await snapshots.get("task");
      (found as { data: Record<string, unknown> }).data["list"] = "changed too";
      assert.deepEqual((await snapshots.get("task"))?.data, { list: [1] });
    },
  },
  {
    name: "times come back in UTC with +00:00, to the microsecond",
    async hold({ store: { snapshots } }) {
      for (const [given, back] of [
        ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"],
        ["2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.500000+00:00"],
        ["2026-01-02t04:04:05.000001+01:00", "2026-01-02T03:04:05.000001+00:00"],
        ["2026-01-02 03:04:05", "2026-01-02T03:04:05+00:00"],
      ] as const) {
        await snapshots.save({ ...snapshot("task", 1), created_at: given });
        assert.equal((await snapshots.get("task"))?.created_at, back);
      }
    },
  },
  {
    name: "awkward ids are told apart",
    async hold({ store: { snapshots } }) {
      for (const id of awkwardTexts) await snapshots.save({ ...snapshot(id, 1, { id }), id });
      for (const id of awkwardTexts) assert.deepEqual((await snapshots.get(id))?.data, { id });
      const listed = (await snapshots.list({ limit: 1_000 })).items.map(({ task_id }) => task_id);
      assert.deepEqual(
        listed,
        awkwardTexts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
    },
  },
  {
    name: "ids that cannot be, and records that do not fit, are refused and leave nothing",
    async hold({ store: { snapshots } }) {
      for (const id of ["", "nul\0", "half \ud800", "x".repeat(1_025)]) {
        await refused("asap:state/invalid_record", () => snapshots.save(snapshot(id, 1)));
      }
      const bad: readonly unknown[] = [
        { ...snapshot("task", 1), version: 0 },
        { ...snapshot("task", 1), version: 1.5 },
        { ...snapshot("task", 1), data: "text" },
        { ...snapshot("task", 1), created_at: "yesterday" },
        { ...snapshot("task", 1), more: 1 },
        null,
      ];
      for (const each of bad) await refused("asap:state/invalid_record", () => snapshots.save(each as StateSnapshot));
      assert.deepEqual(await snapshots.list(), { items: [] });
    },
  },
  {
    name: "a snapshot of a megabyte comes back; one beyond the bound is refused and leaves the old one",
    async hold({ store: { snapshots } }) {
      const text = "é".repeat(500_000);
      await snapshots.save(snapshot("task", 1, { text }));
      assert.equal((await snapshots.get("task"))?.data["text"], text);
      const huge = "x".repeat(10_485_761);
      await refused("asap:state/too_large", () => snapshots.save(snapshot("task", 1, { huge })));
      assert.equal((await snapshots.get("task"))?.data["text"], text);
    },
  },
  {
    name: "list gives every snapshot once, page by page, by task and version",
    async hold({ store: { snapshots } }) {
      const wanted: string[] = [];
      for (const taskId of ["a", "a b", "b"]) {
        for (const version of [1, 2, 10]) {
          await snapshots.save(snapshot(taskId, version));
          wanted.push(`${taskId} ${version}`);
        }
      }
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await snapshots.list({ limit: 2, ...(after !== undefined && { after }) });
        seen.push(...page.items.map(({ task_id, version }) => `${task_id} ${version}`));
        if (page.next === undefined) break;
        after = page.next;
      }
      assert.deepEqual(seen, wanted);
      for (const limit of [0, 1_001, 1.5]) await refused("asap:config/invalid_option", () => snapshots.list({ limit }));
      await refused("asap:config/invalid_option", () => snapshots.list({ after: "no cursor" }));
    },
  },
  {
    name: "savers at once lose nothing, and of two that save one version one is there whole",
    async hold({ store: { snapshots } }) {
      const all = Array.from({ length: 200 }, (_, index) =>
        snapshots.save(snapshot(`task-${index % 4}`, 1 + (index >> 2))),
      );
      await Promise.all(all);
      for (const task of [0, 1, 2, 3]) assert.equal((await snapshots.listVersions(`task-${task}`)).length, 50);
      const rivals = Array.from({ length: 16 }, (_, index) => ({
        ...snapshot("rival", 1, { index, again: index }),
        id: `id-${index}`,
      }));
      await Promise.all(rivals.map((each) => snapshots.save(each)));
      const found = await snapshots.get("rival");
      assert.ok(rivals.some((each) => each.id === found?.id && each.data["index"] === found.data["again"]));
    },
  },
  {
    name: "what was saved is there for whoever opens the place next, before the first has let go of it",
    durable: true,
    async hold({ store, again }) {
      await store.snapshots.save(snapshot("task", 1));
      const second = await again();
      assert.deepEqual(await second.snapshots.get("task"), snapshot("task", 1));
      await second.snapshots.save(snapshot("task", 2));
      assert.equal((await store.snapshots.get("task"))?.version, 2);
    },
  },
  {
    name: "a closed store refuses work, and may be closed again",
    async hold({ store }) {
      await store.close();
      await store.close();
      await refused("asap:state/closed", () => store.snapshots.get("task"));
      await refused("asap:state/closed", () => store.snapshots.save(snapshot("task", 1)));
      await refused("asap:state/closed", () => store.metering.query());
      await refused("asap:state/closed", () => store.tasks.get("task"));
      await refused("asap:state/closed", () => store.nonces.use("nonce", 1_000));
    },
  },
];
