import type { UsageEvent } from "../../generated/models.js";
import { AsapError } from "../error.js";
import { ulid } from "../ulid.js";
import { type MemoryWebhookOptions, memoryWebhooks } from "../webhooks/queue/memory.js";
import { memoryTasks } from "./memory-tasks.js";
import type { MeteringStore, UsageFilter, UsageRecord } from "./metering-store.js";
import type { NonceStore } from "./nonce-store.js";
import { byBytes, cursorOf, type PageRequest, pageOf, pageSize, readCursor } from "./page.js";
import {
  checkedEvent,
  checkedId,
  largestRecord,
  type SnapshotRow,
  snapshotOf,
  snapshotRow,
  storedMs,
} from "./records.js";
import type { SnapshotStore } from "./snapshot-store.js";
import type { StateStore } from "./state-store.js";

/** Options of {@link memoryState}. */
export interface MemoryStateOptions {
  /** Largest record, in bytes of its JSON text. Default: 10,485,760. */
  readonly maxRecordBytes?: number;
  /** Most finished tasks that are kept, the latest. Default: 10,000. */
  readonly maxFinishedTasks?: number;
  /** How long finished tasks are kept, in milliseconds. Default: 86,400,000. */
  readonly finishedTaskMs?: number;
  /** Bounds of webhook deliveries. */
  readonly webhooks?: Omit<MemoryWebhookOptions, "now">;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Makes a store that forgets with the process. Finished tasks are bounded; snapshots and records of use are not, until
 * they are deleted.
 */
export function memoryState(options: MemoryStateOptions = {}): StateStore {
  const {
    maxRecordBytes = largestRecord,
    maxFinishedTasks = 10_000,
    finishedTaskMs = 86_400_000,
    now = Date.now,
  } = options;
  let isClosed = false;
  const open = () => {
    if (isClosed) throw new AsapError("asap:state/closed", { data: { backend: "memory" } });
  };
  const { add, ...webhooks } = memoryWebhooks({ ...options.webhooks, now }, open);
  return {
    backend: "memory",
    snapshots: memorySnapshots(open, maxRecordBytes),
    metering: memoryMetering(open, now),
    tasks: memoryTasks(open, { maxRecordBytes, maxFinishedTasks, finishedTaskMs, now, queue: add }),
    nonces: memoryNonces(open, now),
    webhooks,
    async close() {
      isClosed = true;
    },
  };
}

function memorySnapshots(open: () => void, maxBytes: number): SnapshotStore {
  const tasks = new Map<string, Map<number, SnapshotRow>>();
  const versionsOf = (taskId: string) => [...(tasks.get(taskId)?.keys() ?? [])].sort((one, other) => one - other);
  return {
    async save(snapshot) {
      open();
      const row = snapshotRow(snapshot, maxBytes);
      const versions = tasks.get(row.task_id) ?? new Map<number, SnapshotRow>();
      tasks.set(row.task_id, versions.set(row.version, row));
    },
    async get(taskId, version) {
      open();
      const row = tasks.get(taskId)?.get(version ?? versionsOf(taskId).at(-1) ?? 0);
      return row === undefined ? undefined : snapshotOf("memory", row);
    },
    async listVersions(taskId) {
      open();
      return versionsOf(taskId);
    },
    async delete(taskId, version) {
      open();
      const versions = tasks.get(taskId);
      if (version === undefined) return tasks.delete(taskId);
      const was = versions?.delete(version) ?? false;
      if (versions?.size === 0) tasks.delete(taskId);
      return was;
    },
    async list({ after, limit } = {}) {
      open();
      const [lastTask = "", lastVersion = 0] = readCursor(after, 2) ?? [];
      const size = pageSize(limit);
      const rows: SnapshotRow[] = [];
      const ids = [...tasks.keys()].filter((id) => byBytes(id, String(lastTask)) >= 0).sort(byBytes);
      for (const id of ids) {
        const versions = versionsOf(id).filter((version) => id !== lastTask || version > Number(lastVersion));
        rows.push(...versions.map((version) => tasks.get(id)?.get(version) as SnapshotRow));
        if (rows.length > size) break;
      }
      return pageOf(
        rows,
        size,
        (row) => snapshotOf("memory", row),
        ({ task_id, version }) => cursorOf(task_id, version),
      );
    },
  };
}

function memoryMetering(open: () => void, now: () => number): MeteringStore {
  /** By time, then by id. */
  let records: UsageRecord[] = [];
  const ids = new Set<string>();
  const fits = ({ agentId, consumerId, taskId, fromMs, toMs }: UsageFilter) => {
    const from = fromMs === undefined ? "" : storedMs(fromMs);
    const to = toMs === undefined ? "~" : storedMs(toMs);
    return ({ event }: UsageRecord) =>
      (agentId === undefined || event.agent_id === agentId) &&
      (consumerId === undefined || event.consumer_id === consumerId) &&
      (taskId === undefined || event.task_id === taskId) &&
      event.timestamp >= from &&
      event.timestamp <= to;
  };
  const keyOf = ({ id, event }: UsageRecord) => `${event.timestamp}\n${id}`;
  const put = (added: readonly UsageRecord[]) => {
    const replaced = new Set(added.flatMap(({ id }) => (ids.has(id) ? [id] : [])));
    if (replaced.size > 0) records = records.filter(({ id }) => !replaced.has(id));
    const latest = new Map(added.map((record) => [record.id, record]));
    for (const record of latest.values()) {
      ids.add(record.id);
      records.splice(
        placeOf(records, (other) => byBytes(keyOf(other), keyOf(record)) > 0),
        0,
        record,
      );
    }
  };
  return {
    async record(...events) {
      open();
      put(events.map((event) => ({ id: ulid(now()), event: checkedEvent(event) })));
    },
    async put(...added) {
      open();
      put(added.map(({ id, event }) => ({ id: checkedId("UsageEvent", "id", id), event: checkedEvent(event) })));
    },
    async query(filter = {}, { after, limit }: PageRequest = {}) {
      open();
      const last = readCursor(after, 2)?.join("\n");
      const rows = records.filter(fits(filter)).filter((record) => last === undefined || keyOf(record) > last);
      return pageOf(rows, pageSize(limit), copyOf, ({ id, event }) => cursorOf(event.timestamp, id));
    },
    async aggregate(agentId, period, filter = {}) {
      open();
      return sumOf(
        agentId,
        period,
        records.filter(fits({ ...filter, agentId })).map(({ event }) => event),
      );
    },
    async purge(beforeMs) {
      open();
      const before = storedMs(beforeMs);
      const gone = records.splice(
        0,
        placeOf(records, ({ event }) => event.timestamp >= before),
      );
      for (const { id } of gone) ids.delete(id);
      return gone.length;
    },
  };
}

/** Where the first item that is behind a place would be, the last place tried first: most records come last. */
function placeOf<Item>(items: readonly Item[], isBehind: (item: Item) => boolean): number {
  if (items.length === 0 || !isBehind(items.at(-1) as Item)) return items.length;
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const copyOf = ({ id, event }: UsageRecord): UsageRecord => ({
  id,
  event: { ...event, metrics: { ...event.metrics } },
});

function sumOf(agentId: string, period: string, events: readonly UsageEvent[]) {
  const total = {
    agent_id: agentId,
    period,
    total_tokens: 0,
    total_duration: 0,
    total_tasks: events.length,
    total_api_calls: 0,
  };
  for (const { metrics } of events) {
    total.total_tokens += (metrics.tokens_in ?? 0) + (metrics.tokens_out ?? 0);
    total.total_duration += metrics.duration_ms ?? 0;
    total.total_api_calls += metrics.api_calls ?? 0;
  }
  return total;
}

function memoryNonces(open: () => void, now: () => number): NonceStore {
  const until = new Map<string, number>();
  let sweepAt = 1_024;
  return {
    async use(nonce, forMs) {
      open();
      const at = now();
      if ((until.get(checkedId("Nonce", "nonce", nonce)) ?? 0) > at) return false;
      until.set(nonce, at + forMs);
      if (until.size >= sweepAt) {
        for (const [each, end] of until) if (end <= at) until.delete(each);
        sweepAt = Math.max(1_024, until.size * 2);
      }
      return true;
    },
  };
}
