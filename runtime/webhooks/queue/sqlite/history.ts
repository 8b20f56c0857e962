import { setImmediate as turn } from "node:timers/promises";
import { cursorOf, type Page, type PageRequest, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { Attempt } from "../../delivery.js";
import type { AttemptFilter, EndpointTotals } from "../../delivery-queue.js";
import { attemptFits } from "../../records.js";
import { Totals } from "../totals.js";
import { type AttemptRow, attemptOfRow, elapsedInRecord } from "./rows.js";

/** Most rows that one write deletes: the event loop waits for it. */
export const rowsOfDeletion = 1_000;
/** Most rows that are read in one turn of the event loop: they hold what was kept of the answers. */
const rowsOfTurn = 500;

/** Reads of the attempts, and what is deleted of them. */
export interface SqliteHistory {
  list(filter?: AttemptFilter, page?: PageRequest): Promise<Page<Attempt>>;
  totals(filter?: AttemptFilter): Promise<readonly EndpointTotals[]>;
  /** Deletes attempts that ended before a moment. */
  prune(beforeMs: number): Promise<number>;
  /** The attempts that are not there. To be called within a write. */
  unknown(attempts: readonly Attempt[]): readonly Attempt[];
}

interface Found {
  readonly row: AttemptRow;
  readonly attempt: Attempt;
}

const keyOf = ({ deliveryId, replays, attempt }: Attempt): string => `${replays} ${attempt} ${deliveryId}`;

/** Attempts in a table. */
export function sqliteHistory(database: SqliteDatabase, writer: GroupWriter): SqliteHistory {
  const rest = `AND started_ms >= ? AND started_ms < ? AND (started_ms, seq) < (?, ?)
    ORDER BY started_ms DESC, seq DESC LIMIT ?`;
  const ofAll = database.prepare(`SELECT * FROM asap_webhook_attempts WHERE started_ms <= ? ${rest}`);
  const ofTask = database.prepare(
    `SELECT * FROM asap_webhook_attempts INDEXED BY asap_webhook_attempts_task WHERE started_ms <= ? AND task_id = ? ${rest}`,
  );
  const byTask = database.prepare("SELECT * FROM asap_webhook_attempts WHERE task_id = ?");
  const prune = database.prepare(
    `DELETE FROM asap_webhook_attempts WHERE seq IN (SELECT seq FROM asap_webhook_attempts
       WHERE started_ms < ? AND started_ms + json_extract(record, '${elapsedInRecord}') < ? LIMIT ${rowsOfDeletion})`,
  );

  /** Attempts that fit, those begun latest first, from behind a place on, part by part with turns for others between. */
  async function* fitting(
    filter: AttemptFilter,
    after: readonly (string | number)[] | undefined,
    wanted = rowsOfTurn,
  ): AsyncGenerator<readonly Found[]> {
    const { taskId, fromMs = Number.MIN_SAFE_INTEGER, toMs = Number.MAX_SAFE_INTEGER } = filter;
    let [startedMs, seq] = [Number(after?.[0] ?? toMs), Number(after?.[1] ?? Number.MAX_SAFE_INTEGER)];
    for (let most = Math.min(wanted, rowsOfTurn); ; most = rowsOfTurn) {
      const place = [fromMs, toMs, startedMs, seq, most] as const;
      const rows = await writer.read(
        () =>
          (taskId === undefined
            ? ofAll.all(startedMs, ...place)
            : ofTask.all(startedMs, taskId, ...place)) as AttemptRow[],
      );
      yield rows
        .map((row): Found => ({ row, attempt: attemptOfRow(row) }))
        .filter(({ attempt }) => attemptFits(attempt, filter));
      const last = rows.at(-1);
      if (last === undefined || rows.length < most) return;
      [startedMs, seq] = [last.started_ms, last.seq];
      await turn();
    }
  }

  return {
    async list(filter = {}, { after, limit } = {}) {
      const size = pageSize(limit);
      const found: Found[] = [];
      for await (const part of fitting(filter, readCursor(after, 2), size + 1)) if (found.push(...part) > size) break;
      return pageOf(
        found,
        size,
        ({ attempt }) => attempt,
        ({ row }) => cursorOf(row.started_ms, row.seq),
      );
    },
    async totals(filter = {}) {
      const totals = new Totals();
      for await (const part of fitting(filter, undefined)) for (const { attempt } of part) totals.add(attempt);
      return totals.list();
    },
    async prune(beforeMs) {
      let count = 0;
      for (;;) {
        const gone = await writer.write(() => Number(prune.run(beforeMs, beforeMs).changes));
        count += gone;
        if (gone < rowsOfDeletion) return count;
      }
    },
    unknown(attempts) {
      const known = new Map<string, Set<string>>();
      return attempts.filter((one) => {
        const there =
          known.get(one.taskId) ??
          new Set((byTask.all(one.taskId) as AttemptRow[]).map((row) => keyOf(attemptOfRow(row))));
        known.set(one.taskId, there);
        if (there.has(keyOf(one))) return false;
        there.add(keyOf(one));
        return true;
      });
    },
  };
}
