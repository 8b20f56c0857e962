import type { UsageAggregate } from "../../../generated/models.js";
import { validateUsageEvent } from "../../../generated/validators/usage-event.js";
import { ulid } from "../../ulid.js";
import type { MeteringStore, UsageRecord } from "../metering-store.js";
import { byBytes, cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { purgeAll } from "../purge.js";
import { checkedEvent, checkedId, corrupt, storedMs } from "../records.js";
import { usageConditions } from "../where.js";
import type { Database } from "./database.js";
import { where } from "./where.js";

const name = "UsageEvent";
const metricColumns = ["tokens_in", "tokens_out", "duration_ms", "api_calls"] as const;
const textColumns = ["id", "task_id", "agent_id", "consumer_id", "timestamp"] as const;
const columns = [...textColumns, ...metricColumns];

type UsageRow = Readonly<Record<(typeof textColumns)[number], string>> &
  Readonly<Record<(typeof metricColumns)[number], unknown>>;

const sums = ["total_tokens", "total_duration", "total_tasks", "total_api_calls"] as const;

function recordOf({ id, task_id, agent_id, consumer_id, timestamp, ...row }: UsageRow): UsageRecord {
  const metrics = Object.fromEntries(metricColumns.map((column) => [column, Number(row[column])]));
  const event: unknown = { task_id, agent_id, consumer_id, metrics, timestamp };
  if (validateUsageEvent(event)) return { id, event: checkedEvent(event) };
  throw corrupt("postgres", "a record of use does not fit its schema");
}

/** Rows of records in the order of their ids, so that writers at once do not wait for each other in a circle. */
function rowsOf(records: readonly UsageRecord[]): readonly UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const { id, event } of records) {
    const { metrics, ...texts } = checkedEvent(event);
    const { tokens_in, tokens_out, duration_ms, api_calls } = metrics;
    rows.set(checkedId(name, "id", id), { id, ...texts, tokens_in, tokens_out, duration_ms, api_calls });
  }
  return [...rows.values()].sort((one, other) => byBytes(one.id, other.id));
}

/** Records of use in a table. */
export function postgresMetering({ table, write, seek, run }: Database, now: () => number): MeteringStore {
  const events = table("usage_events");
  const arrays = columns.map((_, index) => `$${index + 1}::${index < textColumns.length ? "text" : "bigint"}[]`);
  const replaced = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  const insert = write(
    name,
    `INSERT INTO ${events} (${columns.join(", ")}) SELECT * FROM unnest(${arrays.join(", ")})
     ON CONFLICT (id) DO UPDATE SET ${replaced.join(", ")}`,
  );
  const purge = write(
    name,
    `DELETE FROM ${events} WHERE id = ANY (ARRAY(SELECT id FROM ${events} WHERE timestamp < $1
       ORDER BY timestamp, id LIMIT $2 FOR UPDATE SKIP LOCKED))`,
  );
  const put = (records: readonly UsageRecord[]) =>
    run(async () => {
      const rows = rowsOf(records);
      if (rows.length > 0) await insert(...columns.map((column) => rows.map((row) => row[column])));
    });
  return {
    record: (...recorded) => put(recorded.map((event) => ({ id: ulid(now()), event }))),
    put: (...records) => put(records),
    query: (filter = {}, { after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const conditions = [
          ...usageConditions(filter),
          ...(cursor === undefined ? [] : [["(timestamp, id) > (?, ?)", ...cursor] as const]),
        ];
        const { text, values } = where(conditions);
        const order = `ORDER BY timestamp, id LIMIT $${values.length + 1}`;
        const find = seek<UsageRow>(name, `SELECT ${columns.join(", ")} FROM ${events} ${text} ${order}`);
        const { rows } = await find(...values, size + 1);
        return pageOf(rows, size, recordOf, ({ timestamp, id }) => cursorOf(timestamp, id));
      }),
    aggregate: (agentId, period, filter = {}) =>
      run(async () => {
        const { text, values } = where(usageConditions({ ...filter, agentId }));
        const find = seek<Readonly<Record<(typeof sums)[number], unknown>>>(
          name,
          `SELECT sum(tokens_in) + sum(tokens_out) AS total_tokens, sum(duration_ms) AS total_duration,
             count(*) AS total_tasks, sum(api_calls) AS total_api_calls FROM ${events} ${text}`,
        );
        const { rows } = await find(...values);
        const totals = Object.fromEntries(sums.map((sum) => [sum, Number(rows[0]?.[sum] ?? 0)]));
        return { agent_id: agentId, period, ...totals } as UsageAggregate;
      }),
    purge: (beforeMs) => run(() => purgeAll(async (most) => (await purge(storedMs(beforeMs), most)).count)),
  };
}
