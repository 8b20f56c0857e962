import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { Database } from "../../../state/postgres/database.js";
import { type Condition, where } from "../../../state/postgres/where.js";
import type { Attempt } from "../../delivery.js";
import type { AttemptFilter, DeliveryQueue, EndpointTotals } from "../../delivery-queue.js";
import {
  type AttemptRow,
  attemptColumns,
  attemptOf,
  attemptValues,
  columnsOf,
  conditionsOf,
  recordName,
  unnested,
} from "./rows.js";

const names = Object.keys(attemptColumns).join(", ");
const types = Object.values(attemptColumns);

interface TotalsRow {
  readonly url: string;
  readonly errors: Readonly<Record<string, number>> | null;
  readonly [count: string]: unknown;
}

const totalsOf = ({ url, errors, ...counts }: TotalsRow): EndpointTotals => ({
  url,
  attempts: Number(counts["attempts"]),
  delivered: Number(counts["delivered"]),
  failed: Number(counts["failed"]),
  retries: Number(counts["retries"]),
  dead: Number(counts["dead"]),
  elapsedMs: Number(counts["elapsed_ms"]),
  errors: errors ?? {},
});

const attemptConditions = ({ deliveryId, outcome, status, ...filter }: AttemptFilter): readonly Condition[] => [
  ...conditionsOf(filter, "started_ms"),
  ...(deliveryId === undefined ? [] : [["delivery_id = ?", deliveryId] as const]),
  ...(outcome === undefined ? [] : [["outcome = ?", outcome] as const]),
  ...(status === undefined ? [] : [["status = ?", status] as const]),
];

/** The history of a queue, and what takes over that of another. */
export interface History extends Pick<DeliveryQueue, "history" | "totals"> {
  put(attempts: readonly Attempt[]): Promise<void>;
}

/** Attempts in a table. */
export function postgresHistory({ table, write, seek, run }: Database): History {
  const attempts = table("webhook_attempts");
  const put = write(
    recordName,
    `INSERT INTO ${attempts} (${names}) SELECT ${names} FROM ${unnested(types, names, 1)} ORDER BY ord
     ON CONFLICT (delivery_id, replays, attempt) DO NOTHING`,
  );
  return {
    history: (filter = {}, { after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const { text, values } = where([
          ...attemptConditions(filter),
          ...(cursor === undefined ? [] : [["(started_ms, seq) < (?, ?)", ...cursor] as const]),
        ]);
        const order = `ORDER BY started_ms DESC, seq DESC LIMIT $${values.length + 1}`;
        const find = seek<AttemptRow>(recordName, `SELECT seq, ${names} FROM ${attempts} ${text} ${order}`);
        const { rows } = await find(...values, size + 1);
        return pageOf(rows, size, attemptOf, (row) => cursorOf(Number(row.started_ms), Number(row.seq)));
      }),
    totals: (filter = {}) =>
      run(async () => {
        const { text, values } = where(attemptConditions(filter));
        const find = seek<TotalsRow>(
          recordName,
          `WITH kinds AS (SELECT url, CASE WHEN outcome <> 'delivered' THEN coalesce(error, 'status_' || status) END AS kind,
               count(*) AS n, count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
               count(*) FILTER (WHERE outcome <> 'delivered') AS failed, count(*) FILTER (WHERE attempt > 1) AS retries,
               count(*) FILTER (WHERE outcome = 'dead') AS dead, sum(elapsed_ms) AS elapsed_ms
             FROM ${attempts} ${text} GROUP BY url, kind)
           SELECT url, sum(n) AS attempts, sum(delivered) AS delivered, sum(failed) AS failed, sum(retries) AS retries,
             sum(dead) AS dead, sum(elapsed_ms) AS elapsed_ms,
             jsonb_object_agg(kind, n) FILTER (WHERE kind IS NOT NULL) AS errors
           FROM kinds GROUP BY url ORDER BY sum(n) DESC, url`,
        );
        return (await find(...values)).rows.map(totalsOf);
      }),
    put: async (many) => {
      if (many.length > 0) await put(...columnsOf(types.length, many.map(attemptValues)));
    },
  };
}
