import { terminalStates } from "../../../generated/states.js";
import { timestampMs } from "../../freshness.js";
import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { checkedTask } from "../records.js";
import { type TaskRow, taskColumns, taskOf, taskValues } from "../task-row.js";
import { askedTwice, changedTask, checkedChange, conflict, createdTask, leased } from "../task-rules.js";
import type { TaskRecord, TaskStore } from "../task-store.js";
import { isTaken, type SqliteDatabase } from "./driver.js";
import type { GroupWriter } from "./writer.js";

const mostRemembered = 10_000;

/** Tasks in a table; what is read and then written is one transaction with whatever else is written in the turn. */
export function sqliteTasks(
  database: SqliteDatabase,
  writer: GroupWriter,
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
  const purge = database.prepare(
    "DELETE FROM asap_tasks WHERE created_ms < ? AND updated_ms < ? AND status IN ('completed', 'failed', 'cancelled')",
  );
  /** Records as this process wrote them last, so that a change need not read them; the version tells whether they still hold. */
  const latest = new Map<string, TaskRecord>();
  const remember = (record: TaskRecord): TaskRecord => {
    const { id, status } = record.task;
    latest.delete(id);
    if (terminalStates.has(status)) return record;
    latest.set(id, record);
    if (latest.size > mostRemembered) latest.delete(latest.keys().next().value as string);
    return record;
  };
  const recordOf = (row: unknown): TaskRecord | undefined =>
    row == null ? undefined : taskOf("sqlite", row as TaskRow);
  const keep = (record: TaskRecord): TaskRecord => {
    save.run(...taskValues(record));
    return record;
  };
  /** Writes what a record has become since the version before; undefined where the row has another version. */
  const renew = (record: TaskRecord): TaskRecord | undefined => {
    const { task, version, request, answer, lease } = record;
    const { id, conversation_id, status, updated_at } = task;
    const { changes } = update.run(
      conversation_id,
      status,
      version,
      JSON.stringify(task),
      request,
      answer,
      lease?.holder ?? null,
      lease?.untilMs ?? null,
      timestampMs(updated_at),
      id,
      version - 1,
    );
    return Number(changes) === 1 ? remember(record) : undefined;
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
      checkedTask(task, maxBytes);
      return writer.write(() => {
        const made = createdTask(task, now());
        const { changes } = insert.run(...taskValues(made));
        if (Number(changes) === 1) return { outcome: "created", record: remember(made) };
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
      checkedChange(id, change, maxBytes);
      return writer.write(() => {
        const known = latest.get(id);
        if (known?.version === version) {
          const renewed = renew(changedTask(known, change, now()));
          if (renewed !== undefined) return renewed;
          latest.delete(id);
        }
        const record = recordOf(byId.get(id));
        return record?.version === version ? renew(changedTask(record, change, now())) : undefined;
      });
    },
    async claim(agent, lease, limit) {
      const size = pageSize(limit);
      return writer.write(() => {
        const at = now();
        const records = waiting.all(agent, at, size).map((row) => leased(taskOf("sqlite", row as TaskRow), lease, at));
        return records.filter((record) => renew(record) !== undefined);
      });
    },
    async put(record) {
      writer.open();
      checkedTask(record, maxBytes);
      await writer.write(() => {
        try {
          latest.delete(record.task.id);
          keep(record);
        } catch (cause) {
          throw isTaken(cause) ? askedTwice(record.task.id, cause) : cause;
        }
      });
    },
    list: ({ status, agent, owner, conversationId } = {}, { after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const [createdMs, id] = readCursor(after, 2) ?? [];
        const conditions: readonly (readonly [string, ...unknown[]])[] = [
          ...(status === undefined ? [] : [[`status IN (${status.map(() => "?").join(", ")})`, ...status] as const]),
          ...(agent === undefined ? [] : [["agent = ?", agent] as const]),
          ...(owner === undefined ? [] : [["owner = ?", owner] as const]),
          ...(conversationId === undefined ? [] : [["conversation_id = ?", conversationId] as const]),
          ...(id === undefined ? [] : [["(-created_ms, id) > (?, ?)", -Number(createdMs), id] as const]),
        ];
        const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
        const rows = database
          .prepare(`SELECT ${columns} FROM asap_tasks ${where} ORDER BY created_ms DESC, id LIMIT ?`)
          .all(...conditions.flatMap(([, ...values]) => values), size + 1) as TaskRow[];
        return pageOf(
          rows,
          size,
          (row) => taskOf("sqlite", row),
          (row) => cursorOf(Number(row.created_ms), row.id),
        );
      }),
    purge: (beforeMs) => writer.write(() => Number(purge.run(beforeMs, beforeMs).changes)),
  };
}
