import { cursorOf, type Page, type PageRequest, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { Attempt } from "../../delivery.js";
import type { AttemptFilter, EndpointTotals } from "../../delivery-queue.js";
import { attemptConditions, valuesOf, whereOf } from "./conditions.js";
import { type AttemptRow, attemptOfRow } from "./rows.js";

/** Most rows that one write deletes: the event loop waits for it. */
export const rowsOfDeletion = 1_000;

/** Reads of the attempts, and what is deleted of them. */
export interface SqliteHistory {
  list(filter?: AttemptFilter, page?: PageRequest): Promise<Page<Attempt>>;
  totals(filter?: AttemptFilter): Promise<readonly EndpointTotals[]>;
  /** Deletes attempts that ended before a moment. */
  prune(beforeMs: number): Promise<number>;
  /** The attempts that are not there. To be called within a write. */
  unknown(attempts: readonly Attempt[]): readonly Attempt[];
}

type TotalsRow = Omit<EndpointTotals, "errors">;

/** Attempts in a table. */
export function sqliteHistory(database: SqliteDatabase, writer: GroupWriter): SqliteHistory {
  const known = database.prepare(
    "SELECT 1 FROM asap_webhook_attempts WHERE task_id = ? AND delivery_id = ? AND replays = ? AND attempt = ?",
  );
  const prune = database.prepare(
    `DELETE FROM asap_webhook_attempts WHERE seq IN (SELECT seq FROM asap_webhook_attempts
       WHERE started_ms < ? AND started_ms + elapsed_ms < ? LIMIT ${rowsOfDeletion})`,
  );
  return {
    list: (filter = {}, { after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const conditions = attemptConditions(filter);
        if (cursor !== undefined) conditions.push(["(started_ms, seq) < (?, ?)", ...cursor]);
        const rows = database
          .prepare(
            `SELECT * FROM asap_webhook_attempts ${whereOf(conditions)} ORDER BY started_ms DESC, seq DESC LIMIT ?`,
          )
          .all(...valuesOf(conditions), size + 1) as AttemptRow[];
        return pageOf(rows, size, attemptOfRow, ({ started_ms, seq }) => cursorOf(started_ms, seq));
      }),
    totals: (filter = {}) =>
      writer.read(() => {
        const conditions = attemptConditions(filter);
        const values = valuesOf(conditions);
        const rows = database
          .prepare(
            `SELECT url, count(*) AS attempts, sum(outcome = 'delivered') AS delivered,
               sum(outcome <> 'delivered') AS failed, sum(attempt > 1) AS retries, sum(outcome = 'dead') AS dead,
               sum(elapsed_ms) AS elapsedMs
             FROM asap_webhook_attempts ${whereOf(conditions)} GROUP BY url ORDER BY attempts DESC, url`,
          )
          .all(...values) as TotalsRow[];
        const failed = [...conditions, ["outcome <> 'delivered'"] as const];
        const errors = new Map<string, Record<string, number>>();
        for (const { url, name, count } of database
          .prepare(
            `SELECT url, coalesce(error, 'status_' || status) AS name, count(*) AS count
             FROM asap_webhook_attempts ${whereOf(failed)} GROUP BY url, name`,
          )
          .all(...values) as { url: string; name: string; count: number }[])
          errors.set(url, { ...errors.get(url), [name]: count });
        return rows.map((row) => ({ ...row, errors: errors.get(row.url) ?? {} }));
      }),
    async prune(beforeMs) {
      let count = 0;
      for (;;) {
        const gone = await writer.write(() => Number(prune.run(beforeMs, beforeMs).changes));
        count += gone;
        if (gone < rowsOfDeletion) return count;
      }
    },
    unknown(attempts) {
      const seen = new Set<string>();
      return attempts.filter(({ taskId, deliveryId, replays, attempt }) => {
        const key = `${replays} ${attempt} ${deliveryId}`;
        if (seen.has(key) || known.get(taskId, deliveryId, replays, attempt) != null) return false;
        seen.add(key);
        return true;
      });
    },
  };
}
