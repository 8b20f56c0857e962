import type { Task } from "../../generated/models.js";
import { terminalStates } from "../../generated/states.js";
import { timestampMs } from "../freshness.js";
import type { NewDelivery } from "../webhooks/delivery.js";
import { byBytes, cursorOf, pageOf, pageSize, readCursor } from "./page.js";
import { checkTask, recordText } from "./records.js";
import {
  askedTwice,
  changedTask,
  checkChange,
  checkMove,
  conflict,
  createdTask,
  isClaimable,
  leased,
} from "./task-rules.js";
import type { NewTask, TaskFilter, TaskRecord, TaskStore } from "./task-store.js";

/** Bounds of {@link memoryTasks}. */
export interface MemoryTaskBounds {
  readonly maxRecordBytes: number;
  readonly maxFinishedTasks: number;
  readonly finishedTaskMs: number;
  readonly now: () => number;
  /** Queues deliveries at once, or throws and queues none; only what is bounded is refused by a full queue. */
  readonly queue: (deliveries: readonly NewDelivery[], isBounded: boolean) => void;
}

const createdMs = ({ task }: TaskRecord): number => timestampMs(task.created_at);
type Asked = Pick<TaskRecord, "agent" | "owner" | "envelopeId" | "idempotencyKey">;

function askedKeys({ agent, owner, envelopeId, idempotencyKey }: Asked): readonly string[] {
  const asker = `${agent.length}:${owner.length}:${agent}${owner}`;
  if (idempotencyKey === null) return envelopeId === null ? [] : [`envelope${asker}${envelopeId}`];
  const key = `key${asker}${idempotencyKey}`;
  return envelopeId === null ? [key] : [`envelope${asker}${envelopeId}`, key];
}

const fits =
  ({ status, agent, owner, conversationId }: TaskFilter) =>
  (record: TaskRecord): boolean =>
    (status === undefined || status.includes(record.task.status)) &&
    (agent === undefined || record.agent === agent) &&
    (owner === undefined || record.owner === owner) &&
    (conversationId === undefined || record.task.conversation_id === conversationId);

/** The tasks of a store in memory. */
export function memoryTasks(open: () => void, bounds: MemoryTaskBounds): TaskStore {
  const { maxRecordBytes, maxFinishedTasks, finishedTaskMs, now, queue } = bounds;
  const records = new Map<string, TaskRecord>();
  const asked = new Map<string, string>();
  /** Finished tasks, the one that ended first before others. */
  const finished = new Map<string, number>();
  /** Nothing else of a task can be what JSON cannot hold, or large. */
  const checkProgress = (task: Task) => {
    if (task.progress != null) recordText("Task", task, maxRecordBytes);
  };
  const check = (record: TaskRecord | NewTask) => {
    checkTask(record, maxRecordBytes);
    checkProgress(record.task);
  };
  /** The task that ended first. */
  let first: readonly [id: string, endedAtMs: number] | undefined;
  /** Stands behind it: a walk from the start would pass all that were deleted there. */
  let walk = finished.entries();
  const unfinish = (id: string) => {
    finished.delete(id);
    if (first?.[0] === id) first = undefined;
  };
  const drop = (record: TaskRecord) => {
    records.delete(record.task.id);
    unfinish(record.task.id);
    for (const key of askedKeys(record)) if (asked.get(key) === record.task.id) asked.delete(key);
  };
  const trim = () => {
    while (finished.size > 0) {
      if (first === undefined) {
        const step = walk.next();
        if (step.done === true) walk = finished.entries();
        first = step.value;
        continue;
      }
      if (finished.size <= maxFinishedTasks && now() - first[1] <= finishedTaskMs) return;
      const record = records.get(first[0]);
      if (record !== undefined) drop(record);
    }
  };
  const keep = (record: TaskRecord): TaskRecord => {
    const { id, status } = record.task;
    records.set(id, record);
    for (const key of askedKeys(record)) asked.set(key, id);
    unfinish(id);
    if (terminalStates.has(status)) finished.set(id, now());
    trim();
    return copyOf(record);
  };
  const found = (keys: readonly string[]): TaskRecord | undefined => {
    const id = keys.map((key) => asked.get(key)).find((each) => each !== undefined);
    return id === undefined ? undefined : records.get(id);
  };

  return {
    async create(task) {
      open();
      check(task);
      const known = found(askedKeys(task));
      if (known !== undefined) return { outcome: "exists", record: copyOf(known) };
      if (records.has(task.task.id)) throw conflict(task.task.id);
      if (task.deliveries !== undefined) queue(task.deliveries, true);
      return { outcome: "created", record: keep(copyOf(createdTask(task, now()))) };
    },
    async get(id) {
      open();
      const record = records.get(id);
      return record && copyOf(record);
    },
    async find(agent, owner, { envelopeId = null, idempotencyKey = null }) {
      open();
      const record = found(askedKeys({ agent, owner, envelopeId, idempotencyKey }));
      return record && copyOf(record);
    },
    async change(id, version, change) {
      open();
      checkChange(id, change, maxRecordBytes);
      if (change.task !== undefined) checkProgress(change.task);
      const record = records.get(id);
      if (record === undefined || record.version !== version) return undefined;
      checkMove(id, record.task.status, change.task?.status ?? record.task.status);
      if (change.deliveries !== undefined) queue(change.deliveries, false);
      return keep(copyOf(changedTask(record, change, now())));
    },
    async claim(agent, lease, limit) {
      open();
      const waitingSince = (record: TaskRecord) => record.lease?.untilMs ?? createdMs(record);
      return [...records.values()]
        .filter((record) => record.agent === agent && isClaimable(record, now()))
        .sort((one, other) => waitingSince(one) - waitingSince(other))
        .slice(0, pageSize(limit))
        .map((record) => keep(leased(record, lease, now())));
    },
    async put(record) {
      open();
      check(record);
      const { id } = record.task;
      if (askedKeys(record).some((key) => (asked.get(key) ?? id) !== id)) throw askedTwice(id);
      const known = records.get(id);
      if (known !== undefined) drop(known);
      keep(copyOf(record));
    },
    async list(filter = {}, { after, limit } = {}) {
      open();
      const last = readCursor(after, 2);
      const order = (one: readonly (string | number)[], other: readonly (string | number)[]) =>
        Number(other[0]) - Number(one[0]) || byBytes(String(one[1]), String(other[1]));
      const placeOf = (record: TaskRecord) => [createdMs(record), record.task.id] as const;
      const rows = [...records.values()]
        .filter(fits(filter))
        .filter((record) => last === undefined || order(placeOf(record), last) > 0)
        .sort((one, other) => order(placeOf(one), placeOf(other)));
      return pageOf(rows, pageSize(limit), copyOf, (record) => cursorOf(...placeOf(record)));
    },
    async purge(beforeMs) {
      open();
      const old = [...records.values()].filter(
        ({ task }) => terminalStates.has(task.status) && timestampMs(task.updated_at) < beforeMs,
      );
      for (const record of old) drop(record);
      return old.length;
    },
  };
}

function copyOf(record: TaskRecord): TaskRecord {
  const { task, lease } = record;
  const copy = { ...record, task: { ...task }, lease: lease && { ...lease } };
  if (task.progress != null) copy.task.progress = structuredClone(task.progress);
  return copy;
}
