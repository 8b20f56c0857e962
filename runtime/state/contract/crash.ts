import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { invalidOption } from "../../invalid-option.js";
import type { StateStore } from "../state-store.js";
import type { TaskRecord } from "../task-store.js";
import { atPlace, type ContractCase, type Subject } from "./case.js";
import { allOf, checkCrashed } from "./crash-check.js";
import { type CrashProcess, longestWaitMs, startProcess, type Workplace } from "./crash-process.js";
import { claimedMs, type Said, snapshotOf } from "./crash-records.js";

/** A rule on processes that are killed. */
interface CrashRule {
  readonly name: string;
  hold(workplace: Workplace, open: () => Promise<StateStore>, crashes: number): Promise<void>;
}

const below = (limit: number): number => Math.floor(Math.random() * limit);

/** What a process says before it works: that it opens the place, and that the place is open. */
const greetings = 2;

/**
 * Runs a writer, kills it at a random moment, and gives what it said.
 *
 * @param isEarly Whether it is killed while it opens the place.
 */
export async function killedWriter(workplace: Workplace, name: string, isEarly: boolean): Promise<readonly Said[]> {
  await using writer = startProcess(workplace, "write", name);
  await writer.hasSaid(isEarly ? 1 : greetings + 1 + below(400));
  if (isEarly) await wait(below(100));
  return await writer.kill();
}

/** Kills writers at one place in turn, and looks at the place after each. */
async function keepsWhatWasAcknowledged(
  workplace: Workplace,
  open: () => Promise<StateStore>,
  crashes: number,
): Promise<void> {
  const said: Said[] = [];
  for (let crash = 1; crash <= crashes; crash += 1) {
    said.push(...(await killedWriter(workplace, `w${crash}`, crash < crashes && below(4) === 0)));
    await checkCrashed(await open(), said);
  }
}

/** Kills one of two writers, and sees whether the other goes on and a third begins. */
async function blocksNobody(workplace: Workplace, open: () => Promise<StateStore>): Promise<void> {
  await using beside = startProcess(workplace, "write", "beside");
  await beside.hasSaid(greetings + 1);
  const said = [...(await killedWriter(workplace, "killed", false))];
  // What it does next may have been on its way when the other was killed; this much was not.
  await beside.hasSaid(beside.said.length + 100);
  const store = await open();
  await store.snapshots.save(snapshotOf("next", 1, 1, 1));
  said.push({ kind: "snapshot", id: "next", version: 1, write: 1 }, ...(await beside.kill()));
  await checkCrashed(store, said);
}

const holderOf = ({ lease }: TaskRecord): string => lease?.holder ?? "nobody";

/** Kills a process that holds tasks, and has those that wait for it claim them at once. */
async function givesTasksOn(workplace: Workplace, open: () => Promise<StateStore>): Promise<void> {
  await using one = startProcess(workplace, "claim", "one");
  await using two = startProcess(workplace, "claim", "two");
  await using three = startProcess(workplace, "claim", "three");
  const claimers = { one, two, three };
  for (const claimer of Object.values(claimers)) await claimer.hasSaid(greetings);
  const store = await open();
  await using holder = startProcess(workplace, "hold", "killed");
  await holder.hasSaid(greetings + 1 + below(40));
  const held = await holder.kill();
  for (const claimer of Object.values(claimers)) claimer.go();
  await areClaimed(store, claimers);
  const claims = new Map<string, Said & { readonly kind: "leased" }>();
  for (const [name, claimer] of Object.entries(claimers)) {
    for (const each of await claimer.stop()) {
      if (each.kind !== "leased") continue;
      assert.ok(!claims.has(each.id), `task ${each.id} was given twice, last to ${name}`);
      assert.equal(each.lease?.holder, name);
      claims.set(each.id, each);
    }
  }
  for (const { task, version, lease } of await allOf((page) => store.tasks.list({}, page))) {
    assert.deepEqual({ kind: "leased", id: task.id, version, lease }, claims.get(task.id));
  }
  for (const each of held) {
    if (each.kind !== "leased") continue;
    const { id, version, lease } = claims.get(each.id) ?? assert.fail(`task ${each.id} is not there`);
    assert.ok(version > each.version, `task ${id} has version ${version}, and had ${each.version} before`);
    const claimedAtMs = (lease?.untilMs ?? 0) - claimedMs;
    assert.ok(claimedAtMs >= (each.lease?.untilMs ?? 0), `task ${id} was given on before its lease was over`);
  }
}

/** Resolves once claimers hold all tasks. */
async function areClaimed(store: StateStore, claimers: Readonly<Record<string, CrashProcess>>): Promise<void> {
  for (const giveUpMs = performance.now() + longestWaitMs; ; await wait(20)) {
    for (const claimer of Object.values(claimers)) claimer.checkRunning();
    const all = await allOf((page) => store.tasks.list({}, page));
    const left = all.filter((record) => !(holderOf(record) in claimers));
    if (left.length === 0) return;
    assert.ok(performance.now() < giveUpMs, `${left.length} tasks of a killed holder were not given on`);
  }
}

const rules: readonly CrashRule[] = [
  {
    name: "what was acknowledged before a kill is there, the rest whole or not at all",
    hold: keepsWhatWasAcknowledged,
  },
  {
    name: "a killed writer blocks neither those beside it nor who opens the place next",
    hold: blocksNobody,
  },
  {
    name: "tasks of a killed holder are given on once their leases are over, each to one of many claimers",
    hold: givesTasksOn,
  },
];

/** Makes the crash cases of a backend; none where it gives no `module`. */
export function crashCases(subject: Subject): readonly ContractCase[] {
  const { module, crashes = 3, forgets = false } = subject;
  if (!Number.isSafeInteger(crashes) || crashes < 1) throw invalidOption("crashes", "is no whole number from 1");
  if (module === undefined || forgets) return [];
  return rules.map(({ name, hold }) => ({
    name: `crash: ${name}`,
    run: () => atPlace(subject, (place, open) => hold({ module, place }, open, crashes)),
  }));
}
