import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { memoryState } from "../state/memory.js";
import { open as openRight, remove as removeRight } from "../state/sqlite/testing/contract-place.js";
import type { StateStore } from "../state/state-store.js";
import type { LeaseRequest, TaskRecord } from "../state/task-store.js";

const lockOf = (place: string): string => join(tmpdir(), `asap-state-${place}.lock`);

/** Takes tasks in two steps: it looks which are free, and then writes that it has them. */
const claimInSteps =
  (store: StateStore, isFree: (record: TaskRecord) => boolean) =>
  async (agent: string, lease: LeaseRequest, limit: number): Promise<readonly TaskRecord[]> => {
    const { items } = await store.tasks.list({ agent });
    const free = items.filter((record) => record.lease?.holder === "killed" && isFree(record)).slice(0, limit);
    await wait(20);
    const taken = free.map((record) => ({
      ...record,
      version: record.version + 1,
      lease: { holder: lease.holder, untilMs: Date.now() + lease.forMs },
    }));
    for (const record of taken) await store.tasks.put(record);
    return taken;
  };

/** Backends that break a rule, by what they do. */
const faults: Readonly<Record<string, (place: string) => Promise<StateStore>>> = {
  async "acknowledges before it writes"(place) {
    const store = await openRight(place);
    const save = async (...words: Parameters<StateStore["snapshots"]["save"]>) => {
      setTimeout(() => void store.snapshots.save(...words), 100);
    };
    return { ...store, snapshots: { ...store.snapshots, save } };
  },
  async "writes use piece by piece"(place) {
    const store = await openRight(place);
    const record: StateStore["metering"]["record"] = async (...events) => {
      for (const event of events) await store.metering.record(event);
    };
    return { ...store, metering: { ...store.metering, record } };
  },
  "keeps nothing": async () => memoryState(),
  async "locks its place"(place) {
    await writeFile(lockOf(place), "", { flag: "wx" });
    const store = await openRight(place);
    const close = () => store.close().then(() => rm(lockOf(place), { force: true }));
    return { ...store, close };
  },
  async "gives tasks to several"(place) {
    const store = await openRight(place);
    const claim = claimInSteps(store, ({ lease }) => (lease?.untilMs ?? 0) <= Date.now());
    return { ...store, tasks: { ...store.tasks, claim } };
  },
  async "gives tasks on too early"(place) {
    const store = await openRight(place);
    return { ...store, tasks: { ...store.tasks, claim: claimInSteps(store, () => true) } };
  },
  async "does not open"() {
    throw new Error("no such place");
  },
  async "ends its process"() {
    process.exit(7);
  },
};

/** Opens a place with the fault that the query of this module names. */
export const open = (place: string): Promise<StateStore> => {
  const fault = new URL(import.meta.url).searchParams.get("fault") ?? "";
  return (faults[fault] ?? openRight)(place);
};

/** Removes it. */
export async function remove(place: string): Promise<void> {
  await rm(lockOf(place), { force: true });
  await removeRight(place);
}
