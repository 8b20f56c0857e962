import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { Database } from "../../../state/postgres/database.js";
import { type Condition, where } from "../../../state/postgres/where.js";
import { checkedId, isStorable, recordText, stored, wholeMs } from "../../../state/records.js";
import type { SubscriptionFilter, SubscriptionRecord, SubscriptionStore } from "../../subscription-store.js";
import { columnsOf, unnested } from "./rows.js";

const name = "WebhookSubscription";
const names = "id, owner, task_id, url, created_ms, version, record";
const types = ["text", "text", "text", "text", "bigint", "bigint", "text"];

interface SubscriptionRow {
  readonly record: string;
  readonly id: string;
  readonly created_ms: string | number;
}

const recordOf = (row: SubscriptionRow): SubscriptionRecord => stored("postgres", row.record) as SubscriptionRecord;

function rowOf(record: SubscriptionRecord, maxBytes: number): readonly (string | number | null)[] {
  const { id, owner, taskId, url, createdMs, version } = record;
  checkedId(name, "id", id);
  checkedId(name, "owner", owner);
  if (taskId !== null) checkedId(name, "taskId", taskId);
  checkedId(name, "url", url, 2_048);
  return [id, owner, taskId, url, createdMs, version, recordText(name, record, maxBytes)];
}

const conditionsOf = ({ owner, taskId, url }: SubscriptionFilter): readonly Condition[] => [
  ...(owner === undefined ? [] : [["owner = ?", owner] as const]),
  ...(taskId === null ? [["task_id IS NULL"] as const] : []),
  ...(taskId == null ? [] : [["task_id = ?", taskId] as const]),
  ...(url === undefined ? [] : [["url = ?", url] as const]),
];

/** Subscriptions in a table. */
export function postgresSubscriptions({ table, write, seek, run }: Database, maxBytes: number): SubscriptionStore {
  const [subscriptions, revision] = [table("webhook_subscriptions"), table("webhook_owner")];
  const isOfAll = `EXISTS (SELECT FROM given WHERE task_id IS NULL)
    OR EXISTS (SELECT FROM ${subscriptions} s JOIN given g ON g.id = s.id WHERE s.task_id IS NULL)`;
  /** Does what a statement does, and counts it where it is about subscriptions of all tasks. */
  const counting = (given: string, change: string) =>
    write(
      name,
      `WITH given AS MATERIALIZED (${given}), changed AS (${change} RETURNING 1),
         counted AS (UPDATE ${revision} SET revision = revision + 1 WHERE EXISTS (SELECT FROM changed) AND (${isOfAll}))
       SELECT FROM changed`,
    );
  const one = `SELECT * FROM ${unnested(types, names, 1)}`;
  const insert = `INSERT INTO ${subscriptions} (${names}) SELECT ${names} FROM given ORDER BY ord ON CONFLICT (id) DO`;
  const replaced = names.split(", ").slice(1);
  const create = counting(one, `${insert} NOTHING`);
  const update = counting(
    one,
    `UPDATE ${subscriptions} s SET ${replaced.map((column) => `${column} = g.${column}`).join(", ")}
     FROM given g WHERE s.id = g.id AND s.version = g.version - 1`,
  );
  const replace = counting(
    one,
    `${insert} UPDATE SET ${replaced.map((column) => `${column} = excluded.${column}`).join(", ")}`,
  );
  const remove = counting(
    `SELECT id, task_id FROM ${subscriptions} WHERE id = $1`,
    `DELETE FROM ${subscriptions} WHERE id = $1`,
  );
  const byId = seek<SubscriptionRow>(name, `SELECT record FROM ${subscriptions} WHERE id = $1`);
  const prune = write(name, `DELETE FROM ${subscriptions} WHERE task_id IS NOT NULL AND created_ms < $1`);
  const latest = write<{ readonly revision: unknown }>(name, `SELECT revision FROM ${revision}`);
  const rowsOf = (records: readonly SubscriptionRecord[]) =>
    columnsOf(
      types.length,
      records.map((record) => rowOf(record, maxBytes)),
    );

  return {
    put: (record) =>
      run(async () => {
        const values = rowsOf([record]);
        return (await (record.version === 1 ? create : update)(...values)).count > 0;
      }),
    get: (id) =>
      run(async () => {
        const row = (await byId(id)).rows[0];
        return row && recordOf(row);
      }),
    list: (filter = {}, { after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const { text, values } = where([
          ...conditionsOf(filter),
          ...(cursor === undefined ? [] : [["(created_ms, id) > (?, ?)", ...cursor] as const]),
        ]);
        const order = `ORDER BY created_ms, id LIMIT $${values.length + 1}`;
        const page = seek<SubscriptionRow>(
          name,
          `SELECT record, id, created_ms FROM ${subscriptions} ${text} ${order}`,
        );
        const { rows } = await page(...values, size + 1);
        return pageOf(rows, size, recordOf, (row) => cursorOf(Number(row.created_ms), row.id));
      }),
    remove: (id) => run(async () => isStorable(id) && (await remove(id)).count > 0),
    prune: (beforeMs) => run(async () => (await prune(wholeMs(beforeMs))).count),
    restore: (records) =>
      run(async () => {
        const latestOf = new Map(records.map((record) => [record.id, record]));
        if (latestOf.size > 0) await replace(...rowsOf([...latestOf.values()]));
      }),
    revision: () => run(async () => String((await latest()).rows[0]?.revision)),
  };
}
