import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import { stored } from "../../../state/records.js";
import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import { checkedSubscription } from "../../records.js";
import type { SubscriptionRecord, SubscriptionStore } from "../../subscription-store.js";
import { type Condition, valuesOf, whereOf } from "./conditions.js";

interface SubscriptionRow {
  readonly id: string;
  readonly created_ms: number;
  /** JSON text. */
  readonly record: string;
}

const recordOf = (row: SubscriptionRow): SubscriptionRecord => stored("sqlite", row.record) as SubscriptionRecord;

/** Subscriptions in a table. */
export function sqliteSubscriptions(database: SqliteDatabase, writer: GroupWriter): SubscriptionStore {
  const byId = database.prepare(
    "SELECT id, task_id, version, created_ms, record FROM asap_webhook_subscriptions WHERE id = ?",
  );
  const save = database.prepare(
    `INSERT OR REPLACE INTO asap_webhook_subscriptions (id, owner, task_id, url, version, created_ms, record)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare("DELETE FROM asap_webhook_subscriptions WHERE id = ?");
  const prune = database.prepare("DELETE FROM asap_webhook_subscriptions WHERE task_id IS NOT NULL AND created_ms < ?");
  const revise = database.prepare("UPDATE asap_webhook_owner SET revision = revision + 1");
  const revision = database.prepare("SELECT revision FROM asap_webhook_owner");

  type Known = SubscriptionRow & { readonly task_id: string | null; readonly version: number };
  const knownOf = (id: string): Known | undefined => (byId.get(id) as Known | undefined) ?? undefined;
  const keep = (record: SubscriptionRecord, known: Known | undefined): void => {
    const { id, owner, taskId, url, version, createdMs } = record;
    save.run(id, owner, taskId, url, version, createdMs, JSON.stringify(record));
    if (taskId === null || known?.task_id === null) revise.run();
  };
  return {
    async put(record) {
      writer.open();
      checkedSubscription(record);
      return writer.write(() => {
        const known = knownOf(record.id);
        if ((known?.version ?? 0) !== record.version - 1) return false;
        keep(record, known);
        return true;
      });
    },
    get: (id) =>
      writer.read(() => {
        const known = knownOf(id);
        return known && recordOf(known);
      }),
    list: ({ owner, taskId, url } = {}, { after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const conditions: Condition[] = [];
        if (owner !== undefined) conditions.push(["owner = ?", owner]);
        if (taskId !== undefined) conditions.push(["task_id IS ?", taskId]);
        if (url !== undefined) conditions.push(["url = ?", url]);
        if (cursor !== undefined) conditions.push(["(created_ms, id) > (?, ?)", ...cursor]);
        const rows = database
          .prepare(
            `SELECT id, created_ms, record FROM asap_webhook_subscriptions ${whereOf(conditions)}
             ORDER BY created_ms, id LIMIT ?`,
          )
          .all(...valuesOf(conditions), size + 1) as SubscriptionRow[];
        return pageOf(rows, size, recordOf, (row) => cursorOf(row.created_ms, row.id));
      }),
    remove: (id) =>
      writer.write(() => {
        const known = knownOf(id);
        if (known === undefined) return false;
        remove.run(id);
        if (known.task_id === null) revise.run();
        return true;
      }),
    prune: (beforeMs) => writer.write(() => Number(prune.run(beforeMs).changes)),
    async restore(records) {
      writer.open();
      for (const record of records) checkedSubscription(record);
      await writer.write(() => {
        for (const record of records) keep(record, knownOf(record.id));
      });
    },
    revision: () => writer.read(() => String((revision.get() as { readonly revision: number }).revision)),
  };
}
