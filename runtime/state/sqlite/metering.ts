import { validateUsageEvent } from "../../../generated/validators/usage-event.js";
import { ulid } from "../../ulid.js";
import type { MeteringStore, UsageFilter, UsageRecord } from "../metering-store.js";
import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { checkedEvent, checkedId, corrupt, stored, storedMs } from "../records.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupWriter } from "./writer.js";

interface UsageRow {
  readonly id: string;
  readonly task_id: string;
  readonly agent_id: string;
  readonly consumer_id: string;
  readonly metrics: string;
  readonly timestamp: string;
}

/** A condition in SQL and its values. */
type Condition = readonly [sql: string, ...values: readonly unknown[]];

function conditionsOf({ agentId, consumerId, taskId, fromMs, toMs }: UsageFilter): readonly Condition[] {
  return [
    ...(agentId === undefined ? [] : [["agent_id = ?", agentId] as const]),
    ...(consumerId === undefined ? [] : [["consumer_id = ?", consumerId] as const]),
    ...(taskId === undefined ? [] : [["task_id = ?", taskId] as const]),
    ...(fromMs === undefined ? [] : [["timestamp >= ?", storedMs(fromMs)] as const]),
    ...(toMs === undefined ? [] : [["timestamp <= ?", storedMs(toMs)] as const]),
  ];
}

const where = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;

const valuesOf = (conditions: readonly Condition[]): readonly unknown[] =>
  conditions.flatMap(([, ...values]) => values);

function recordOf({ id, metrics, ...row }: UsageRow): UsageRecord {
  const event: unknown = { ...row, metrics: stored("sqlite", metrics) };
  if (validateUsageEvent(event)) return { id, event: checkedEvent(event) };
  throw corrupt("sqlite", "a record of use does not fit its schema");
}

/** Records of use in the table of the reference implementation. */
export function sqliteMetering(database: SqliteDatabase, writer: GroupWriter, now: () => number): MeteringStore {
  const insert = database.prepare(
    "INSERT OR REPLACE INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const purge = database.prepare("DELETE FROM usage_events WHERE timestamp < ?");
  const put = async (records: readonly UsageRecord[]) => {
    writer.open();
    const rows = records.map(({ id, event }) => {
      const { task_id, agent_id, consumer_id, metrics, timestamp } = checkedEvent(event);
      return [checkedId("UsageEvent", "id", id), task_id, agent_id, consumer_id, JSON.stringify(metrics), timestamp];
    });
    await writer.write(() => {
      for (const row of rows) insert.run(...row);
    });
  };
  return {
    record: (...events) => put(events.map((event) => ({ id: ulid(now()), event }))),
    put: (...records) => put(records),
    query: (filter = {}, { after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const conditions = [
          ...conditionsOf(filter),
          ...(cursor === undefined ? [] : [["(timestamp, id) > (?, ?)", ...cursor] as const]),
        ];
        const sql = `SELECT * FROM usage_events ${where(conditions)} ORDER BY timestamp, id LIMIT ?`;
        const rows = database.prepare(sql).all(...valuesOf(conditions), size + 1) as UsageRow[];
        return pageOf(rows, size, recordOf, ({ timestamp, id }) => cursorOf(timestamp, id));
      }),
    aggregate: (agentId, period, filter = {}) =>
      writer.read(() => {
        const conditions = conditionsOf({ ...filter, agentId });
        const sum = (name: string) => `coalesce(sum(json_extract(metrics, '$.${name}')), 0)`;
        const row = database
          .prepare(
            `SELECT ${sum("tokens_in")} + ${sum("tokens_out")} AS total_tokens, ${sum("duration_ms")} AS total_duration,
               count(*) AS total_tasks, ${sum("api_calls")} AS total_api_calls FROM usage_events ${where(conditions)}`,
          )
          .get(...valuesOf(conditions)) as Record<
          "total_tokens" | "total_duration" | "total_tasks" | "total_api_calls",
          number
        >;
        return { agent_id: agentId, period, ...row };
      }),
    async purge(beforeMs) {
      const before = storedMs(beforeMs);
      return writer.write(() => Number(purge.run(before).changes));
    },
  };
}
