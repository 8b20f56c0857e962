import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { StateSnapshot } from "../../../generated/models.js";
import type { UsageRecord } from "../metering-store.js";
import type { Page, PageRequest } from "../page.js";
import type { StateStore } from "../state-store.js";
import type { TaskRecord } from "../task-store.js";
import { newTaskOf, owner, type Said, taskAt, worker } from "./crash-records.js";

/** How many records were acknowledged, and how many besides are there whole. */
export interface CrashCount {
  readonly acknowledged: number;
  readonly besides: number;
}

/** All items of a list, page by page. */
export async function allOf<Item>(read: (page: PageRequest) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await read({ limit: 1_000, ...(after !== undefined && { after }) });
    all.push(...items);
    if (next === undefined) return all;
    after = next;
  }
}

const keyOf = (id: string, version: number): string => `${id} ${version}`;

/** All that a store gives out by itself. */
interface Found {
  readonly snapshots: readonly StateSnapshot[];
  readonly usage: readonly UsageRecord[];
  readonly tasks: readonly TaskRecord[];
}

const readAll = async ({ snapshots, metering, tasks }: StateStore): Promise<Found> => ({
  snapshots: await allOf((page) => snapshots.list(page)),
  usage: await allOf((page) => metering.query({}, page)),
  tasks: await allOf((page) => tasks.list({}, page)),
});

/**
 * Checks a store after its writers were killed: all that was said to be written is there, and the rest is there whole or
 * not at all. A server may still do what a killed writer asked for last, so what is found counts once it stays the same.
 */
export async function checkCrashed(store: StateStore, said: readonly Said[]): Promise<CrashCount> {
  for (let before = await readAll(store); ; ) {
    const outcome = await checkFound(store, before, said).catch((fault: unknown) => ({ fault }));
    const after = await readAll(store);
    if (!isDeepStrictEqual(before, after)) before = after;
    else if ("fault" in outcome) throw outcome.fault;
    else return outcome;
  }
}

async function checkFound(store: StateStore, found: Found, said: readonly Said[]): Promise<CrashCount> {
  const counts = [
    checkSnapshots(found, said),
    checkUsage(found, said),
    await checkTasks(store, found, said),
    await checkNonces(store, said),
  ];
  const sum = (pick: (count: CrashCount) => number) => counts.reduce((total, count) => total + pick(count), 0);
  return { acknowledged: sum(({ acknowledged }) => acknowledged), besides: sum(({ besides }) => besides) };
}

function checkWhole(snapshot: StateSnapshot): void {
  const { id, write, size, text } = snapshot.data;
  assert.equal(id, snapshot.task_id);
  assert.ok(Number(write) >= 1);
  assert.equal(String(text).length, size);
}

function checkSnapshots({ snapshots }: Found, said: readonly Said[]): CrashCount {
  const found = new Map<string, number>();
  for (const snapshot of snapshots) {
    checkWhole(snapshot);
    found.set(keyOf(snapshot.task_id, snapshot.version), Number(snapshot.data["write"]));
  }
  const saved = new Map<string, Said & { readonly kind: "snapshot" }>();
  for (const each of said) if (each.kind === "snapshot") saved.set(keyOf(each.id, each.version), each);
  const deleting = new Set(said.flatMap((each) => (each.kind === "deleting" ? [each.id] : [])));
  const deleted = new Set(said.flatMap((each) => (each.kind === "deleted" ? [each.id] : [])));
  const left = new Map<string, number>();
  for (const [key, { id, write }] of saved) {
    const there = found.get(key);
    if (deleted.has(id)) assert.equal(there, undefined, `snapshot ${key} was deleted and is there`);
    else if (!deleting.has(id)) {
      assert.ok(there !== undefined, `snapshot ${key} was acknowledged and is not there`);
      assert.ok(there >= write, `snapshot ${key} was written ${write} times and is as it was after ${there}`);
    } else if (there !== undefined) left.set(id, (left.get(id) ?? 0) + 1);
  }
  for (const [id, count] of left) {
    const all = [...saved.values()].filter((each) => each.id === id).length;
    assert.equal(count, all, `the snapshots of ${id} were deleted in part`);
  }
  return {
    acknowledged: saved.size + deleted.size,
    besides: [...found.keys()].filter((key) => !saved.has(key)).length,
  };
}

function checkUsage({ usage }: Found, said: readonly Said[]): CrashCount {
  const found = new Map<string, { readonly wanted: number | undefined; count: number }>();
  for (const { event } of usage) {
    const batch = found.get(event.task_id) ?? { wanted: event.metrics.tokens_in, count: 0 };
    batch.count += 1;
    found.set(event.task_id, batch);
  }
  for (const [id, { wanted, count }] of found) assert.equal(count, wanted, `use of ${id} was recorded in part`);
  const recorded = said.filter((each) => each.kind === "usage");
  for (const { id, count } of recorded)
    assert.equal(found.get(id)?.count, count, `use of ${id} was acknowledged and is not there`);
  return { acknowledged: recorded.length, besides: found.size - recorded.length };
}

async function checkTasks({ tasks }: StateStore, all: Found, said: readonly Said[]): Promise<CrashCount> {
  const found = new Map<string, TaskRecord>();
  for (const record of all.tasks) {
    const { id } = record.task;
    const { envelopeId, idempotencyKey, request } = newTaskOf(id);
    assert.ok(record.version === 1 || record.version === 2 || record.version === 3);
    const { conversation_id, status } = taskAt(id, record.version);
    const isEnded = record.version === 3;
    assert.deepEqual(
      [record.task.conversation_id, record.task.status, record.answer, record.request],
      [conversation_id, status, isEnded ? `"${id}"` : null, isEnded ? null : request],
    );
    assert.deepEqual([record.agent, record.owner], [worker, owner]);
    assert.deepEqual([record.envelopeId, record.idempotencyKey], [envelopeId, idempotencyKey]);
    found.set(id, record);
  }
  const latest = new Map<string, number>();
  for (const each of said) if (each.kind === "task") latest.set(each.id, each.version);
  for (const [id, version] of latest) {
    const there = found.get(id)?.version;
    assert.ok(there !== undefined, `task ${id} was acknowledged and is not there`);
    assert.ok(there >= version && there <= 3, `task ${id} has version ${there}, and had ${version}`);
  }
  for (const id of new Set([...found.keys(), ...latest.keys()])) {
    const record = found.get(id);
    const asked = [{ envelopeId: `envelope-${id}` }, { idempotencyKey: `key-${id}` }];
    for (const each of asked) assert.deepEqual(await tasks.find(worker, owner, each), record);
    assert.deepEqual(await tasks.get(id), record);
  }
  return { acknowledged: latest.size, besides: found.size - latest.size };
}

async function checkNonces({ nonces }: StateStore, said: readonly Said[]): Promise<CrashCount> {
  const used = said.flatMap((each) => (each.kind === "nonce" ? [each.id] : []));
  const isNew = await Promise.all(used.map((id) => nonces.use(id, 3_600_000)));
  assert.ok(!isNew.includes(true), "a nonce whose use was acknowledged is new again");
  return { acknowledged: used.length, besides: 0 };
}
