import { setTimeout as wait } from "node:timers/promises";
import type { StateStore } from "../state-store.js";
import {
  claimedMs,
  eventOf,
  heldMs,
  type Message,
  newTaskOf,
  type Role,
  snapshotOf,
  taskAt,
  type Word,
  worker,
} from "./crash-records.js";

/**
 * Works on a store until it is killed: `node crash-program.js MODULE PLACE ROLE NAME`, forked. It says what it did only
 * after the promise of it has resolved. It ends with the process that forked it.
 */
const [module = "", place = "", role = "", name = ""] = process.argv.slice(2);

/** How much it has said that nobody has heard yet; it goes on while that is little, however slow who listens is. */
let ahead = 0;
const mostAhead = 64;

function say(message: Message, sent = () => {}): void {
  ahead += 1;
  process.send?.(message, sent);
}

/** Resolves once it is told a word. */
const told = (word: Word): Promise<Word> =>
  new Promise((resolve) => process.on("message", (message) => message === word && resolve(word)));

const below = (limit: number): number => Math.floor(Math.random() * limit);

async function writeSnapshots({ snapshots }: StateStore, id: string): Promise<void> {
  const versions = 1 + below(4);
  for (let version = 1; version <= versions; version += 1) {
    for (let write = 1; write <= 1 + below(2); write += 1) {
      await snapshots.save(snapshotOf(id, version, write, below(10) === 0 ? 40_000 : below(500)));
      say({ kind: "snapshot", id, version, write });
    }
  }
  if (below(4) > 0) return;
  // This is on its way before it deletes; what it says after a write may be lost with it.
  await new Promise<void>((resolve) => say({ kind: "deleting", id }, resolve));
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

async function writeLane(store: StateStore, lane: number): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    while (ahead > mostAhead) await wait(1);
    await works[below(works.length)]?.(store, `${name}-${lane}-${turn}`);
  }
}

const write = (store: StateStore): Promise<unknown> =>
  Promise.all(Array.from({ length: 12 }, (_, lane) => writeLane(store, lane)));

/** Takes tasks and works on them, and is killed before it ends one. */
async function hold({ tasks }: StateStore): Promise<void> {
  const lease = { holder: name, forMs: heldMs };
  for (let turn = 0; turn < 24; turn += 1) {
    const id = `${name}-${turn}`;
    const { record } = await tasks.create({ ...newTaskOf(id), lease });
    say({ kind: "leased", id, version: record.version, lease: record.lease });
    const working = await tasks.change(id, record.version, { task: taskAt(id, 2), lease });
    if (working !== undefined) say({ kind: "leased", id, version: working.version, lease: working.lease });
  }
}

/** Once it is told to, claims what is there to claim, few at a time, until it is told to stop. */
async function claim(store: StateStore): Promise<void> {
  const stop = told("stop");
  await told("go");
  while ((await Promise.race([stop, wait(5)])) !== "stop") {
    const claimed = await store.tasks.claim(worker, { holder: name, forMs: claimedMs }, 2);
    for (const { task, version, lease } of claimed) say({ kind: "leased", id: task.id, version, lease });
  }
  await store.close();
  process.disconnect?.();
}

const roles: Readonly<Record<Role, (store: StateStore) => Promise<unknown>>> = { write, hold, claim };

process.once("disconnect", () => process.exit());
process.on("message", (message) => {
  if (message === "heard") ahead -= 1;
});
try {
  say({ kind: "opening" });
  const { open } = (await import(module)) as { readonly open?: (place: string) => Promise<StateStore> };
  if (typeof open !== "function") throw new TypeError(`${module} exports no function open`);
  const store = await open(place);
  say({ kind: "open" });
  await roles[role as Role](store);
} catch (cause) {
  const stack = cause instanceof Error ? String(cause.stack) : "";
  const failed: Message = { kind: "failed", text: String(cause), stack };
  process.send?.(failed, () => process.exit(1));
}
