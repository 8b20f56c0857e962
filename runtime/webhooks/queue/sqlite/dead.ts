import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { DeadLetters } from "../../delivery-queue.js";
import { conditionsOf, valuesOf, whereOf } from "./conditions.js";
import { rowsOfDeletion } from "./history.js";
import type { Journal } from "./journal.js";
import { type DeadRow, deadOf } from "./rows.js";
import type { Sending } from "./sending.js";

/** Dead letters, and how old ones are deleted. */
export interface SqliteDeadLetters extends DeadLetters {
  /** Deletes those that were given up before a moment. */
  prune(beforeMs: number): Promise<number>;
  /** How many there are. */
  count(): number;
}

/** Dead letters in a table. */
export function sqliteDead(
  database: SqliteDatabase,
  writer: GroupWriter,
  sending: Sending,
  journal: Journal,
  now: () => number,
  onNews: () => void,
): SqliteDeadLetters {
  const byId = database.prepare("SELECT * FROM asap_webhook_dead WHERE id = ?");
  const remove = database.prepare("DELETE FROM asap_webhook_dead WHERE id = ?");
  const count = database.prepare("SELECT count(*) AS count FROM asap_webhook_dead");
  const columns = "id, subscription_id, url, task_id, event, body, order_key, batch_size, batch_ms, created_ms";
  const revive = database.prepare(
    `INSERT INTO asap_webhook_deliveries (${columns}, expires_ms, due_ms, attempts, replays, status)
       SELECT ${columns}, NULL, ?, 0, replays + 1, 0 FROM asap_webhook_dead WHERE id = ?`,
  );
  const prune = database.prepare(
    `DELETE FROM asap_webhook_dead WHERE id IN
       (SELECT id FROM asap_webhook_dead WHERE died_ms < ? LIMIT ${rowsOfDeletion})`,
  );
  return {
    list: (filter = {}, { after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const [diedMs, id] = readCursor(after, 2) ?? [];
        const conditions = conditionsOf(filter, "died_ms");
        if (id !== undefined)
          conditions.push(["(-died_ms, id) > (?, ?)", -Number(diedMs), id], ["died_ms <= ?", diedMs]);
        const rows = database
          .prepare(`SELECT * FROM asap_webhook_dead ${whereOf(conditions)} ORDER BY died_ms DESC, id LIMIT ?`)
          .all(...valuesOf(conditions), size + 1) as DeadRow[];
        return pageOf(rows, size, deadOf, (row) => cursorOf(row.died_ms, row.id));
      }),
    get: (id) =>
      writer.read(() => {
        const row = byId.get(id) as DeadRow | undefined;
        return row == null ? undefined : deadOf(row);
      }),
    async replay(ids, dueMs = []) {
      const outcomes = await writer.write(() => {
        const there = new Set(ids.filter((id) => byId.get(id) != null));
        journal.count(there.size);
        return ids.map((id, index) => {
          if (!there.delete(id)) return false;
          revive.run(Math.ceil(dueMs[index] ?? now()), id);
          remove.run(id);
          return true;
        });
      });
      sending.readOn();
      onNews();
      return outcomes;
    },
    delete: (ids) => writer.write(() => ids.map((id) => Number(remove.run(id).changes) === 1)),
    async prune(beforeMs) {
      let gone = 0;
      for (;;) {
        const part = await writer.write(() => Number(prune.run(beforeMs).changes));
        gone += part;
        if (part < rowsOfDeletion) return gone;
      }
    },
    count: () => (count.get() as { readonly count: number }).count,
  };
}
