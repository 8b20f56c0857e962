import type { StateStore } from "../state-store.js";
import { eventOf, newTaskOf, type Said, snapshotOf, taskAt } from "./crash-records.js";

/**
 * Writes to a store for ever, to be killed: `node crash-writer.js LOCATION DURABILITY NAME`. It says `ready` once the
 * store is open, and then, in a line of JSON each, what was written, after the promise of it has resolved.
 */
const [location = "", durability = "", name = ""] = process.argv.slice(2);

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
const below = (limit: number): number => Math.floor(Math.random() * limit);

async function open(): Promise<StateStore> {
  if (durability === "full" || durability === "normal") {
    const { sqliteState } = await import("../sqlite/open.js");
    return sqliteState({ path: location.slice("sqlite:".length), durability });
  }
  const { openState } = await import("../open-state.js");
  return openState(location);
}

async function writeSnapshots({ snapshots }: StateStore, id: string): Promise<void> {
  const versions = 1 + below(4);
  for (let version = 1; version <= versions; version += 1) {
    for (let write = 1; write <= 1 + below(2); write += 1) {
      await snapshots.save(snapshotOf(id, version, write, below(10) === 0 ? 40_000 : below(500)));
      say({ kind: "snapshot", id, version, write });
    }
  }
  if (below(4) > 0) return;
  say({ kind: "deleting", id });
  await snapshots.delete(id);
  say({ kind: "deleted", id });
}

async function writeUsage({ metering }: StateStore, id: string): Promise<void> {
  const count = 2 + below(20);
  await metering.record(...Array.from({ length: count }, () => eventOf(id, count)));
  say({ kind: "usage", id, count });
}

async function writeTask({ tasks }: StateStore, id: string): Promise<void> {
  await tasks.create(newTaskOf(id));
  say({ kind: "task", id, version: 1 });
  await tasks.change(id, 1, { task: taskAt(id, 2) });
  say({ kind: "task", id, version: 2 });
  if (below(2) === 0) return;
  await tasks.change(id, 2, { task: taskAt(id, 3), answer: `"${id}"`, request: null });
  say({ kind: "task", id, version: 3 });
}

async function useNonce({ nonces }: StateStore, id: string): Promise<void> {
  await nonces.use(id, 3_600_000);
  say({ kind: "nonce", id });
}

const works = [writeSnapshots, writeUsage, writeTask, useNonce];

async function write(store: StateStore, lane: number): Promise<never> {
  for (let turn = 0; ; turn += 1) await works[below(works.length)]?.(store, `${name}-${lane}-${turn}`);
}

const store = await open();
process.stdout.write("ready\n");
await Promise.all(Array.from({ length: 12 }, (_, lane) => write(store, lane)));
