import { validateUsageEvent } from "../../../generated/validators/usage-event.js";
import { ulid } from "../../ulid.js";
import type { MeteringStore, UsageRecord } from "../metering-store.js";
import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { purgeAll } from "../purge.js";
import { checkedEvent, checkedId, corrupt, stored, storedMs } from "../records.js";
import { usageConditions, where } from "../where.js";
import type { SqliteDatabase } from "./driver.js";
import { type GroupWriter, mostPurgedAtOnce } from "./writer.js";

interface UsageRow {
  readonly id: string;
  readonly task_id: string;
  readonly agent_id: string;
  readonly consumer_id: string;
  readonly metrics: string;
  readonly timestamp: string;
}

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
  const purge = database.prepare(
    "DELETE FROM usage_events WHERE rowid IN (SELECT rowid FROM usage_events WHERE timestamp < ? ORDER BY timestamp LIMIT ?)",
  );
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
          ...usageConditions(filter),
          ...(cursor === undefined ? [] : [["(timestamp, id) > (?, ?)", ...cursor] as const]),
        ];
        const { text, values } = where(conditions);
        const sql = `SELECT * FROM usage_events ${text} ORDER BY timestamp, id LIMIT ?`;
        const rows = database.prepare(sql).all(...values, size + 1) as UsageRow[];
        return pageOf(rows, size, recordOf, ({ timestamp, id }) => cursorOf(timestamp, id));
      }),
    aggregate: (agentId, period, filter = {}) =>
      writer.read(() => {
        const { text, values } = where(usageConditions({ ...filter, agentId }));
        const sum = (name: string) => `coalesce(sum(json_extract(metrics, '$.${name}')), 0)`;
        const row = database
          .prepare(
            `SELECT ${sum("tokens_in")} + ${sum("tokens_out")} AS total_tokens, ${sum("duration_ms")} AS total_duration,
               count(*) AS total_tasks, ${sum("api_calls")} AS total_api_calls FROM usage_events ${text}`,
          )
          .get(...values) as Record<"total_tokens" | "total_duration" | "total_tasks" | "total_api_calls", number>;
        return { agent_id: agentId, period, ...row };
      }),
    async purge(beforeMs) {
      const before = storedMs(beforeMs);
      return purgeAll((most) => writer.write(() => Number(purge.run(before, most).changes)), mostPurgedAtOnce);
    },
  };
}
