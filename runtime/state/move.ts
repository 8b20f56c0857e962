import type { StateSnapshot } from "../../generated/models.js";
import { terminalStates } from "../../generated/states.js";
import { timestampMs } from "../freshness.js";
import type { UsageRecord } from "./metering-store.js";
import { type Lane, type LaneOptions, type LaneProgress, type MovedKind, moveLane } from "./move-lane.js";
import { byBytes, everyPage } from "./page.js";
import type { StateStore } from "./state-store.js";
import type { TaskRecord } from "./task-store.js";

export type { MovedKind } from "./move-lane.js";

/** Kinds of records that move. */
export type StateKind = "snapshots" | "usage" | "tasks";

/** How far a move is. */
export type MoveProgress = LaneProgress<StateKind>;

/** Options of {@link moveState}. */
export type MoveOptions = LaneOptions<StateKind>;

const snapshots: Lane<StateStore, StateSnapshot, StateKind> = {
  kind: "snapshots",
  pages: (store) => everyPage((page) => store.snapshots.list(page)),
  write: async (store, items) => (await Promise.all(items.map((item) => store.snapshots.save(item)))).length,
  compare: (one, other) => byBytes(one.task_id, other.task_id) || one.version - other.version,
  isNewer: (target, source) => timestampMs(target.created_at) > timestampMs(source.created_at),
};

const usage: Lane<StateStore, UsageRecord, StateKind> = {
  kind: "usage",
  pages: (store) => everyPage((page) => store.metering.query({}, page)),
  async write(store, items) {
    await store.metering.put(...items);
    return items.length;
  },
  compare: (one, other) => byBytes(one.event.timestamp, other.event.timestamp) || byBytes(one.id, other.id),
  isNewer: () => false,
};

const tasks: Lane<StateStore, TaskRecord, StateKind> = {
  kind: "tasks",
  pages: (store) => everyPage((page) => store.tasks.list({}, page)),
  write: async (store, items) => (await Promise.all(items.map((item) => store.tasks.put(item)))).length,
  compare: (one, other) =>
    timestampMs(other.task.created_at) - timestampMs(one.task.created_at) || byBytes(one.task.id, other.task.id),
  isNewer: (target, source) =>
    target.version >= source.version ||
    (terminalStates.has(target.task.status) && !terminalStates.has(source.task.status)),
};

/**
 * Copies snapshots, records of use and tasks from one store to another, and compares both afterwards. Records that the
 * target has already are not written again, so that a move that was interrupted goes on where it was. A record that is
 * newer in the target stays as it is: a task that changed there (its version is not below the source's, or it is at its
 * end while the source's is not), and a snapshot that was made later. Nonces are not moved. Nothing else may write to either store meanwhile.
 *
 * @returns What came of each kind; the move is complete where both digests are equal.
 * @throws AsapError as the stores do, and the reason of the signal.
 */
export async function moveState(
  from: StateStore,
  to: StateStore,
  options: MoveOptions = {},
): Promise<Readonly<Record<StateKind, MovedKind>>> {
  return {
    snapshots: await moveLane(snapshots, from, to, options),
    usage: await moveLane(usage, from, to, options),
    tasks: await moveLane(tasks, from, to, options),
  };
}
