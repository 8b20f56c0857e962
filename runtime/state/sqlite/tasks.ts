import type { Task, TaskStatus } from "../../../generated/models.js";
import { terminalStates } from "../../../generated/states.js";
import { timestampMs } from "../../freshness.js";
import type { Journal } from "../../webhooks/queue/sqlite/journal.js";
import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { purgeAll } from "../purge.js";
import { taskText, wholeMs } from "../records.js";
import { claimedTasks, type TaskRow, taskColumns, taskOf, taskValues } from "../task-row.js";
import { askedTwice, changedTask, changeText, checkMove, conflict, createdTask } from "../task-rules.js";
import type { TaskChange, TaskRecord, TaskStore } from "../task-store.js";
import { type Condition, taskConditions, where } from "../where.js";
import { isTaken, type SqliteDatabase } from "./driver.js";
import { type GroupWriter, mostPurgedAtOnce } from "./writer.js";

const mostRemembered = 10_000;

/** A record as it was written last; its task is kept as JSON text, so that nobody who has the record can change it here. */
interface Written {
  readonly record: Omit<TaskRecord, "task">;
  readonly status: TaskStatus;
  readonly text: string;
}

/** Tasks in a table; what is read and then written is one transaction with whatever else is written in the turn. */
export function sqliteTasks(
  database: SqliteDatabase,
  writer: GroupWriter,
  journal: Pick<Journal, "join">,
  maxBytes: number,
  now: () => number,
): TaskStore {
  const columns = taskColumns.join(", ");
  const marks = taskColumns.map(() => "?").join(", ");
  const replaced = taskColumns.slice(1).map((column) => `${column} = excluded.${column}`);
  const save = database.prepare(
    `INSERT INTO asap_tasks (${columns}) VALUES (${marks}) ON CONFLICT (id) DO UPDATE SET ${replaced.join(", ")}`,
  );
  const insert = database.prepare(`INSERT INTO asap_tasks (${columns}) VALUES (${marks}) ON CONFLICT DO NOTHING`);
  /** Leaves alone what a change leaves alone, and with it the indexes of that. */
  const update = database.prepare(
    `UPDATE asap_tasks SET conversation_id = ?, status = ?, version = ?, task = ?, request = ?, answer = ?,
       lease_holder = ?, lease_until_ms = ?, updated_ms = ? WHERE id = ? AND version = ?`,
  );
  const byId = database.prepare(`SELECT ${columns} FROM asap_tasks WHERE id = ?`);
  const byEnvelope = database.prepare(
    `SELECT ${columns} FROM asap_tasks WHERE agent = ? AND owner = ? AND envelope_id = ?`,
  );
  const byKey = database.prepare(
    `SELECT ${columns} FROM asap_tasks WHERE agent = ? AND owner = ? AND idempotency_key = ?`,
  );
  const waiting = database.prepare(
    `SELECT ${columns} FROM asap_tasks WHERE agent = ? AND status IN ('submitted', 'working', 'input_required')
       AND (lease_until_ms IS NULL OR lease_until_ms <= ?) ORDER BY coalesce(lease_until_ms, created_ms) LIMIT ?`,
  );
  const lend = database.prepare(
    "UPDATE asap_tasks SET version = version + 1, lease_holder = ?, lease_until_ms = ? WHERE id = ?",
  );
  const purge = database.prepare(
    `DELETE FROM asap_tasks WHERE rowid IN (SELECT rowid FROM asap_tasks WHERE created_ms < ? AND updated_ms < ?
       AND status IN ('completed', 'failed', 'cancelled') ORDER BY created_ms LIMIT ?)`,
  );
  /** Records as this process wrote them last, so that a change need not read them; the version tells whether they still hold. */
  const latest = new Map<string, Written>();
  writer.onRollBack = () => latest.clear();
  const remember = (record: TaskRecord, text: string): TaskRecord => {
    const { task, lease, ...rest } = record;
    const { id, status } = task;
    latest.delete(id);
    if (terminalStates.has(status)) return record;
    latest.set(id, { record: { ...rest, lease: lease && { ...lease } }, status, text });
    if (latest.size > mostRemembered) latest.delete(latest.keys().next().value as string);
    return record;
  };
  const recordOf = (row: unknown): TaskRecord | undefined =>
    row == null ? undefined : taskOf("sqlite", row as TaskRow);
  /**
   * Writes what becomes of a record by a change.
   *
   * @param text JSON text of the task of the change.
   * @returns The record; undefined where the row has another version.
   */
  const renew = (known: Written, change: TaskChange, text = known.text): TaskRecord | undefined => {
    const { task: next = JSON.parse(text) as Task } = change;
    checkMove(next.id, known.status, next.status);
    const record = changedTask({ ...known.record, task: next }, change, now());
    const { task, version, request, answer, lease } = record;
    const { id, conversation_id, status, updated_at } = task;
    const { changes } = update.run(
      conversation_id,
      status,
      version,
      text,
      request,
      answer,
      lease?.holder ?? null,
      lease?.untilMs ?? null,
      timestampMs(updated_at),
      id,
      version - 1,
    );
    return Number(changes) === 1 ? remember(record, text) : undefined;
  };
  type Asked = Pick<TaskRecord, "agent" | "owner" | "envelopeId" | "idempotencyKey">;
  const find = ({ agent, owner, envelopeId, idempotencyKey }: Asked): TaskRecord | undefined =>
    recordOf(
      (envelopeId === null ? undefined : byEnvelope.get(agent, owner, envelopeId)) ??
        (idempotencyKey === null ? undefined : byKey.get(agent, owner, idempotencyKey)),
    );

  return {
    async create(task) {
      writer.open();
      const text = taskText(task, maxBytes);
      return journal.join(task.deliveries, (queue) => {
        const made = createdTask(task, now());
        const { changes } = insert.run(...taskValues(made, text));
        if (Number(changes) === 1) {
          queue();
          return { outcome: "created", record: remember(made, text) };
        }
        const known = find(task);
        if (known === undefined) throw conflict(task.task.id);
        return { outcome: "exists", record: known };
      });
    },
    get: (id) => writer.read(() => recordOf(byId.get(id))),
    find: (agent, owner, { envelopeId = null, idempotencyKey = null }) =>
      writer.read(() => find({ agent, owner, envelopeId, idempotencyKey })),
    async change(id, version, change) {
      writer.open();
      const text = changeText(id, change, maxBytes);
      const changed = (): TaskRecord | undefined => {
        const known = latest.get(id);
        if (known?.record.version === version) {
          const renewed = renew(known, change, text);
          if (renewed !== undefined) return renewed;
          latest.delete(id);
        }
        const row = byId.get(id) as TaskRow | undefined;
        if (row == null || Number(row.version) !== version) return undefined;
        const record = taskOf("sqlite", row);
        return renew({ record, status: record.task.status, text: row.task }, change, text);
      };
      const queued = (queue: () => void) => {
        const record = changed();
        if (record !== undefined) queue();
        return record;
      };
      return journal.join(change.deliveries, queued, false);
    },
    async claim(agent, lease, limit) {
      const size = pageSize(limit);
      const rows = await writer.write(() => {
        const at = now();
        const until = wholeMs(at + lease.forMs);
        return (waiting.all(agent, at, size) as TaskRow[]).map((row) => {
          lend.run(lease.holder, until, row.id);
          return { ...row, version: Number(row.version) + 1, lease_holder: lease.holder, lease_until_ms: until };
        });
      });
      return claimedTasks(rows, (row) => taskOf("sqlite", row));
    },
    async put(record) {
      writer.open();
      const values = taskValues(record, taskText(record, maxBytes));
      await writer.write(() => {
        try {
          latest.delete(record.task.id);
          save.run(...values);
        } catch (cause) {
          throw isTaken(cause) ? askedTwice(record.task.id, cause) : cause;
        }
      });
    },
    list: ({ status, ...filter } = {}, { after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const [createdMs, id] = readCursor(after, 2) ?? [];
        const conditions: readonly Condition[] = [
          ...(status === undefined ? [] : [[`status IN (${status.map(() => "?").join(", ")})`, ...status] as const]),
          ...taskConditions(filter),
          ...(id === undefined ? [] : [["(-created_ms, id) > (?, ?)", -Number(createdMs), id] as const]),
        ];
        const { text, values } = where(conditions);
        const rows = database
          .prepare(`SELECT ${columns} FROM asap_tasks ${text} ORDER BY created_ms DESC, id LIMIT ?`)
          .all(...values, size + 1) as TaskRow[];
        return pageOf(
          rows,
          size,
          (row) => taskOf("sqlite", row),
          (row) => cursorOf(Number(row.created_ms), row.id),
        );
      }),
    purge: (beforeMs) =>
      purgeAll((most) => writer.write(() => Number(purge.run(beforeMs, beforeMs, most).changes)), mostPurgedAtOnce),
  };
}
