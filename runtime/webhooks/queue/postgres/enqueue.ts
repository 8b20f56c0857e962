import { momentOf } from "../../../state/postgres/clock.js";
import type { Database } from "../../../state/postgres/database.js";
import type { NewDelivery } from "../../delivery.js";
import type { Entering } from "./rooms.js";
import { type Cell, checkedDelivery, columnsOf, newColumns, newNames, newValues, unnested } from "./rows.js";

const types = Object.values(newColumns);

/** How many parameters {@link enqueueParts} takes. */
export const enqueueParameters = types.length;

/** The parts of a statement that put the rows of `given` into the queue and have their endpoints looked at. */
export function queueParts({ table }: Pick<Database, "table">): string {
  const [deliveries, endpoints] = [table("webhook_deliveries"), table("webhook_endpoints")];
  return `added AS (
      INSERT INTO ${deliveries} (${newNames}, attempts, replays, status, due_ms, send_ms)
      SELECT ${newNames}, 0, replays, 0, due_ms, due_ms + batch_ms FROM given ORDER BY ord
      ON CONFLICT (id) DO NOTHING RETURNING id, url, subscription_id, batch_size, due_ms, send_ms),
    groups AS (SELECT url, subscription_id, batch_size, count(*) AS several, min(due_ms) AS due_ms, min(send_ms) AS send_ms
      FROM added GROUP BY url, subscription_id, batch_size),
    wanted AS MATERIALIZED (SELECT url, min(CASE WHEN batch_size = 1 OR several + (
          SELECT count(*) FROM (SELECT FROM ${deliveries} w WHERE w.subscription_id = g.subscription_id
            AND w.url = g.url AND w.batch_size = g.batch_size LIMIT g.batch_size) counted) >= batch_size
        THEN due_ms ELSE send_ms END) AS ms
      FROM groups g GROUP BY url ORDER BY url),
    known AS MATERIALIZED (SELECT w.url, w.ms, e.url IS NOT NULL AS is_there, e.ready_ms <= w.ms AS is_ready
      FROM wanted w LEFT JOIN ${endpoints} e ON e.url = w.url),
    made AS (INSERT INTO ${endpoints} (url, ready_ms) SELECT url, ms FROM known WHERE NOT is_there
      ON CONFLICT (url) DO NOTHING RETURNING url),
    late AS MATERIALIZED (SELECT url FROM ${endpoints} WHERE url = ANY (ARRAY(
        SELECT url FROM known WHERE is_there AND is_ready IS NOT TRUE)) ORDER BY url FOR UPDATE),
    lowered AS (UPDATE ${endpoints} e SET ready_ms = least(e.ready_ms, k.ms) FROM known k JOIN late ON late.url = k.url
      WHERE e.url = k.url RETURNING e.url),
    missed AS (SELECT url FROM known WHERE is_ready IS NOT TRUE
      EXCEPT ALL SELECT url FROM made EXCEPT ALL SELECT url FROM lowered)`;
}

/**
 * The parts of a statement that enqueue deliveries; those that are new are the rows of `added`, and the endpoints that
 * somebody else made or removed meanwhile those of `missed`.
 *
 * @param first Number of the first of its parameters: an array for each column.
 * @param now The parameter that the moment comes from.
 * @param condition Where it holds, they are enqueued. Default: everywhere.
 */
export function enqueueParts(
  database: Pick<Database, "table">,
  first: number,
  now: string,
  condition = "true",
): string {
  return `given AS MATERIALIZED (
      SELECT given.*, 0 AS replays, least(created_ms, ${momentOf(now)}) AS due_ms
      FROM ${unnested(types, newNames, first)}
      WHERE ${condition} AND NOT EXISTS (SELECT FROM ${database.table("webhook_dead")} d WHERE d.id = given.id)),
    ${queueParts(database)}`;
}

/**
 * Values of the parameters of {@link enqueueParts}.
 *
 * @throws AsapError `asap:state/invalid_record`.
 */
export const enqueueValues = (deliveries: readonly NewDelivery[]): readonly (readonly Cell[])[] =>
  columnsOf(
    types.length,
    deliveries.map((one) => newValues(checkedDelivery(one))),
  );

/** Rows of a statement with {@link queueParts}: what it missed. */
export interface Queued {
  readonly missed: readonly string[] | null;
}

/**
 * Runs a statement that puts deliveries into the queue, once there is room for them, and sees that they are looked at.
 *
 * @param entering What they are; how many, where they come from the queue's own tables.
 * @param isBounded Whether a full queue refuses them. Default: it does.
 * @throws AsapError `asap:webhook/queue_full`.
 */
export type Enqueue = <Row extends Queued>(
  entering: Entering,
  statement: () => Promise<readonly Row[]>,
  isBounded?: boolean,
) => Promise<readonly Row[]>;
