import type { TaskStatus } from "../../../generated/models.js";
import { taskStates } from "../../../generated/states.js";
import type { AsapError } from "../../error.js";
import { timestampMs } from "../../freshness.js";
import type { Outbox } from "../../webhooks/queue/postgres/open.js";
import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { purgeAll } from "../purge.js";
import { isStorable, taskText, wholeMs } from "../records.js";
import { claimedTasks, type TaskRow, taskColumns, taskOf, taskValues } from "../task-row.js";
import { askedTwice, changeText, conflict, createdTask, illegalMove, statesBefore } from "../task-rules.js";
import type { NewTask, TaskChange, TaskFilter, TaskRecord, TaskStore } from "../task-store.js";
import { taskConditions } from "../where.js";
import { momentOf } from "./clock.js";
import type { Database } from "./database.js";
import { codeOf } from "./faults.js";
import { type Condition, markOf, where } from "./where.js";

const name = "Task";
const columns = taskColumns.join(", ");
const placeOf = (column: keyof TaskRow): string => markOf(taskColumns.indexOf(column) + 1);
const places = taskColumns.map(placeOf).join(", ");

/** Most tries to create a task whose rivals are there and then gone. */
const mostTries = 10;

/** Texts of the statements that are run most, for a table. */
export const taskTexts = (tasks: string) => ({
  change: `UPDATE ${tasks} SET version = version + 1, task = coalesce($4, task), status = coalesce($5, status),
      conversation_id = coalesce($6, conversation_id), updated_ms = coalesce($7, updated_ms),
      request = CASE WHEN $8 THEN NULL ELSE request END, answer = coalesce($9, answer),
      lease_holder = CASE WHEN $10 THEN $11 ELSE lease_holder END,
      lease_until_ms = CASE WHEN $10 THEN ${momentOf("$13")} + $12::bigint ELSE lease_until_ms END
    WHERE id = $1 AND version = $2 AND status = ANY ($3::text[]) RETURNING ${columns}`,
});

/** Texts of an array of statuses, by the status that a change leads to. */
const statusesBefore = new Map(taskStates.map((to) => [to, `{${statesBefore(to).join(",")}}`]));
const anyStatus = `{${taskStates.join(",")}}`;

/**
 * Values of the statement `change`.
 *
 * @param text JSON text of the task of the change.
 */
export function changeValues(
  id: string,
  version: number,
  change: TaskChange,
  text: string | undefined,
  nowMs: number | null,
): unknown[] {
  const { task, request, answer = null, lease } = change;
  return [
    id,
    version,
    task === undefined ? anyStatus : statusesBefore.get(task.status),
    ...(task === undefined
      ? [null, null, null, null]
      : [text, task.status, task.conversation_id, timestampMs(task.updated_at)]),
    request === null,
    answer,
    lease !== undefined,
    lease?.holder ?? null,
    lease == null ? null : wholeMs(lease.forMs),
    nowMs,
  ];
}

const conditionsOf = ({ status, ...filter }: TaskFilter): readonly Condition[] => [
  ...(status === undefined ? [] : [["status = ANY (?::text[])", status] as const]),
  ...taskConditions(filter),
];

const recordOf = (row: TaskRow | undefined): TaskRecord | undefined => row && taskOf("postgres", row);

/** Tasks in a table; each change is one statement. */
export function postgresTasks(
  { table, write, seek, run }: Database,
  maxBytes: number,
  now: () => number | null,
  outbox: Outbox,
): TaskStore {
  const tasks = table("tasks");
  const until = placeOf("lease_until_ms");
  const at = markOf(taskColumns.length + 1);
  const insert = outbox.statement<Pick<TaskRow, "lease_until_ms">>(
    name,
    `INSERT INTO ${tasks} (${columns}) VALUES (${places.replace(`${until},`, `${momentOf(at)} + ${until}::bigint,`)})
     ON CONFLICT DO NOTHING RETURNING lease_until_ms`,
    taskColumns.length + 1,
  );
  const replaced = taskColumns.slice(1).map((column) => `${column} = excluded.${column}`);
  const replace = write(
    name,
    `INSERT INTO ${tasks} (${columns}) VALUES (${places}) ON CONFLICT (id) DO UPDATE SET ${replaced.join(", ")}`,
  );
  const change = outbox.statement<TaskRow>(name, taskTexts(tasks).change, 13, false);
  const select = (condition: string) => seek<TaskRow>(name, `SELECT ${columns} FROM ${tasks} WHERE ${condition}`);
  const byId = select("id = $1");
  const byEnvelope = select("agent = $1 AND owner = $2 AND envelope_id = $3");
  const byKey = select("agent = $1 AND owner = $2 AND idempotency_key = $3");
  const statusOf = seek<{ readonly status: TaskStatus }>(
    name,
    `SELECT status FROM ${tasks} WHERE id = $1 AND version = $2`,
  );
  const claim = write<TaskRow>(
    name,
    `WITH moment AS MATERIALIZED (SELECT ${momentOf("$4")} AS ms),
       waiting AS MATERIALIZED (
         SELECT id AS taken, coalesce(lease_until_ms, created_ms) AS since FROM ${tasks}
         WHERE agent = $5 AND status IN ('submitted', 'working', 'input_required')
           AND (lease_until_ms IS NULL OR lease_until_ms <= (SELECT ms FROM moment))
         ORDER BY coalesce(lease_until_ms, created_ms) LIMIT $3 FOR UPDATE SKIP LOCKED),
       claimed AS (
         UPDATE ${tasks} SET version = version + 1, lease_holder = $1,
           lease_until_ms = (SELECT ms FROM moment) + $2::bigint
         FROM waiting WHERE id = taken RETURNING ${columns}, since)
     SELECT * FROM claimed ORDER BY since`,
  );
  const purge = write(
    name,
    `DELETE FROM ${tasks} WHERE id = ANY (ARRAY(SELECT id FROM ${tasks}
       WHERE status IN ('completed', 'failed', 'cancelled') AND updated_ms < $1
       ORDER BY updated_ms LIMIT $2 FOR UPDATE SKIP LOCKED))`,
  );

  type Asked = Pick<TaskRecord, "agent" | "owner" | "envelopeId" | "idempotencyKey">;
  const find = async ({ agent, owner, envelopeId, idempotencyKey: key }: Asked) => {
    const found = envelopeId === null ? undefined : (await byEnvelope(agent, owner, envelopeId)).rows[0];
    return recordOf(found ?? (key === null ? undefined : (await byKey(agent, owner, key)).rows[0]));
  };
  const create = async (asked: NewTask): ReturnType<TaskStore["create"]> => {
    const text = taskText(asked, maxBytes);
    const task = createdTask(asked, 0);
    const { id } = task.task;
    const values = taskValues(task, text);
    for (let tries = 1; ; tries += 1) {
      const made = (await insert([...values, now()], asked.deliveries))[0];
      if (made !== undefined) {
        const held = task.lease && { ...task.lease, untilMs: Number(made.lease_until_ms) };
        return { outcome: "created", record: { ...task, lease: held } };
      }
      const record = await find(task);
      if (record !== undefined) return { outcome: "exists", record };
      if (tries === mostTries || (await byId(id)).rows.length > 0) throw conflict(id);
    }
  };

  return {
    create: (task) => run(async () => create(task)),
    get: (id) => run(async () => recordOf((await byId(id)).rows[0])),
    find: (agent, owner, { envelopeId = null, idempotencyKey = null }) =>
      run(() => find({ agent, owner, envelopeId, idempotencyKey })),
    change: (id, version, wanted) =>
      run(async () => {
        const text = changeText(id, wanted, maxBytes);
        if (!isStorable(id) || !Number.isSafeInteger(version)) return undefined;
        const rows = await change(changeValues(id, version, wanted, text, now()), wanted.deliveries);
        if (rows[0] !== undefined || wanted.task === undefined) return recordOf(rows[0]);
        const from = (await statusOf(id, version)).rows[0]?.status;
        const to = wanted.task.status;
        if (from === undefined || statesBefore(to).includes(from)) return undefined;
        throw illegalMove(id, from, to);
      }),
    claim: (agent, { holder, forMs }, limit) =>
      run(async () => {
        const { rows } = await claim(holder, wholeMs(forMs), pageSize(limit), now(), agent);
        return claimedTasks(rows, (row) => taskOf("postgres", row));
      }),
    put: (record) =>
      run(async () => {
        await replace(...taskValues(record, taskText(record, maxBytes))).catch((cause: AsapError) => {
          if (codeOf(cause.cause) !== "23505") throw cause;
          throw askedTwice(record.task.id, cause);
        });
      }),
    list: (filter = {}, { after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const [created, id] = readCursor(after, 2) ?? [];
        const createdMs = Number(created);
        const conditions = [
          ...conditionsOf(filter),
          ...(id === undefined
            ? []
            : [["created_ms <= ? AND (created_ms < ? OR id > ?)", createdMs, createdMs, id] as const]),
        ];
        const { text, values } = where(conditions);
        const order = `ORDER BY created_ms DESC, id LIMIT $${values.length + 1}`;
        const page = seek<TaskRow>(name, `SELECT ${columns} FROM ${tasks} ${text} ${order}`);
        const { rows } = await page(...values, size + 1);
        return pageOf(
          rows,
          size,
          (row) => taskOf("postgres", row),
          (row) => cursorOf(Number(row.created_ms), row.id),
        );
      }),
    purge: (beforeMs) => run(() => purgeAll(async (most) => (await purge(wholeMs(beforeMs), most)).count)),
  };
}
