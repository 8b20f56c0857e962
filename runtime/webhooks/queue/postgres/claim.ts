import { momentOf } from "../../../state/postgres/clock.js";
import type { Database } from "../../../state/postgres/database.js";
import type { ClaimRequest, Rate } from "../../delivery-queue.js";
import type { UrlRooms } from "./handed-out.js";
import { newNames } from "./rows.js";

/** Why a delivery was given up that was not sent in time. */
export const expired = "expired";

/** Most deliveries that a claim gives up because they expired, most leases that ran out it looks at, and most deliveries of one endpoint among which it looks for batches. */
const mostExpired = 1_000;
const mostLapsed = 256;
const mostOfBatches = 5_000;

/** Whole tokens of a bucket that is full again at `tat` (generic cell rate algorithm). */
const tokens = (tat: string, interval: string, burst: string): string =>
  `floor(${burst}::float8 + (moment.ms - greatest(${tat}, moment.ms)) / ${interval}::float8 + 1e-6)`;

/** When a bucket has a token again; null where it has one. */
export const nextToken = (tat: string, interval: string, burst: string): string =>
  `CASE WHEN ${tat} - (${burst}::float8 - 1) * ${interval}::float8 > moment.ms + 1e-3
     THEN ceil(${tat} - (${burst}::float8 - 1) * ${interval}::float8 - 1e-3)::bigint END`;

const isExpired = (row: string): string =>
  `${row}.expires_ms <= moment.ms AND (${row}.fence IS NULL OR ${row}.due_ms <= moment.ms)`;

/** Whether a row waits, told so that a planner without statistics takes it for no rarity, and reads it in the order of the index. */
export const waits = (row: string): string => `coalesce(${row}.fence, -1) < 0`;

/**
 * Whether no delivery of the URL and key of a row is before it.
 *
 * @param but Deliveries `x` that do not count.
 */
export const isFirst = (deliveries: string, row: string, but: string): string =>
  `(${row}.lane IS NULL OR coalesce((SELECT x.seq FROM ${deliveries} x WHERE x.lane = ${row}.lane
     AND NOT coalesce(${but}, false) ORDER BY x.seq LIMIT 1) >= ${row}.seq, true))`;

/** Text of the claim; its values are those of {@link claimValues}. */
export function claimText({ table }: Pick<Database, "table">): string {
  const [deliveries, endpoints, overall] = [
    table("webhook_deliveries"),
    table("webhook_endpoints"),
    table("webhook_global"),
  ];
  const isFull = "e.url IN (SELECT url FROM rooms WHERE room = 0)";
  const gate = "greatest(e.ready_ms, e.open_until_ms, e.token_ms)";
  const isWaiting = `((e.ready_ms IS NOT NULL AND ${gate} <= (SELECT ms FROM moment))
      OR (e.url = ANY (ARRAY(SELECT url FROM lapsed)) AND coalesce(greatest(e.open_until_ms, e.token_ms), 0) <= (SELECT ms FROM moment)))`;
  const inBatch = "x.subscription_id = d.subscription_id AND x.batch_size = d.batch_size AND x.due_ms <= moment.ms";
  return `WITH moment AS MATERIALIZED (SELECT ${momentOf("$8")} AS ms),
    fence AS MATERIALIZED (SELECT nextval('${table("webhook_fence").replaceAll("'", "''")}') AS n),
    rooms AS MATERIALIZED (SELECT * FROM unnest($9::text[], $10::integer[]) AS given (url, room)),
    expired AS (DELETE FROM ${deliveries} WHERE id = ANY (ARRAY(
        SELECT d.id FROM ${deliveries} d, moment WHERE ${isExpired("d")} AND d.expires_ms <= (SELECT ms FROM moment)
        ORDER BY d.expires_ms LIMIT ${mostExpired} FOR UPDATE OF d SKIP LOCKED)) RETURNING *),
    buried AS (INSERT INTO ${table("webhook_dead")} (${newNames}, attempts, replays, status, died_ms, reason)
      SELECT ${newNames}, attempts, replays, status, moment.ms, '${expired}' FROM expired, moment ORDER BY expires_ms, seq
      ON CONFLICT (id) DO NOTHING),
    lapsed AS MATERIALIZED (SELECT url FROM ${deliveries} WHERE fence IS NOT NULL AND due_ms <= (SELECT ms FROM moment)
      ORDER BY due_ms LIMIT ${mostLapsed}),
    ready AS MATERIALIZED (
      (SELECT e.url FROM ${endpoints} e WHERE e.ready_ms IS NOT NULL AND ${gate} <= (SELECT ms FROM moment)
        AND NOT ${isFull} ORDER BY ${gate} LIMIT $1::integer * 4 + 64) UNION SELECT url FROM lapsed),
    whole AS MATERIALIZED (SELECT g.tat, ${tokens("g.tat", "$6", "$7")} AS room FROM ${overall} g, moment
      WHERE g.one = 1 AND $6::float8 IS NOT NULL AND EXISTS (SELECT FROM ready) FOR UPDATE OF g),
    held AS MATERIALIZED (
      SELECT e.url, e.circuit, e.last_served, e.tat FROM ${endpoints} e
      WHERE e.url = ANY (ARRAY(SELECT url FROM ready)) AND ${isWaiting}
        AND NOT ${isFull} AND coalesce((SELECT room FROM whole), 1) >= 1
      ORDER BY e.last_served, e.url LIMIT $1 FOR UPDATE OF e SKIP LOCKED),
    open AS MATERIALIZED (
      SELECT h.*, least(CASE WHEN h.circuit = 'closed' THEN $2::integer ELSE 1 END, r.room,
        CASE WHEN $4::float8 IS NULL THEN $2::integer ELSE greatest(0, ${tokens("h.tat", "$4", "$5")}) END)::integer AS room
      FROM held h CROSS JOIN moment LEFT JOIN rooms r ON r.url = h.url),
    lots AS MATERIALIZED (
      SELECT o.url, o.circuit, o.last_served, o.room, p.id, p.seq, p.lot,
        dense_rank() OVER (PARTITION BY o.url ORDER BY p.since, p.lot) AS rank
      FROM open o CROSS JOIN moment CROSS JOIN LATERAL (
        (SELECT d.id, d.seq, d.seq AS lot, d.send_ms AS since FROM ${deliveries} d
          WHERE d.url = o.url AND d.send_ms <= moment.ms AND d.batch_size < 2 AND NOT coalesce(${isExpired("d")}, false)
            AND ${isFirst(deliveries, "d", isExpired("x"))}
          ORDER BY d.send_ms, d.seq LIMIT o.room + 1)
        UNION ALL
        SELECT id, seq, lot, since FROM (
          SELECT id, seq, min(seq) OVER batch AS lot, min(due_ms) OVER batch AS since,
            count(*) OVER batch >= batch_size OR min(send_ms) OVER batch <= moment.ms AS is_due,
            order_key IS NULL OR chunk = min(chunk) OVER (PARTITION BY subscription_id, batch_size, order_key) AS is_next
          FROM (SELECT d.*, (row_number() OVER (PARTITION BY d.subscription_id, d.batch_size ORDER BY d.seq) - 1) / d.batch_size AS chunk
            FROM (SELECT d.id, d.seq, d.url, d.subscription_id, d.batch_size, d.order_key, d.due_ms, d.send_ms
              FROM ${deliveries} d WHERE d.url = o.url AND d.batch_size > 1 AND d.due_ms <= moment.ms
                AND NOT coalesce(${isExpired("d")}, false) AND ${isFirst(deliveries, "d", `(${isExpired("x")}) OR (${inBatch})`)}
              ORDER BY d.due_ms LIMIT ${mostOfBatches}) d) chunked
          WINDOW batch AS (PARTITION BY subscription_id, batch_size, chunk)) batched
        WHERE is_due AND is_next) p),
    picked AS MATERIALIZED (SELECT * FROM (
        SELECT l.*, dense_rank() OVER (ORDER BY rank, last_served, url) AS place FROM lots l WHERE rank <= room) ranked
      WHERE place <= coalesce((SELECT room FROM whole), 1e15)),
    taken AS MATERIALIZED (SELECT p.*, count(*) OVER (PARTITION BY p.lot) AS mates FROM picked p JOIN (
        SELECT d.id FROM ${deliveries} d WHERE d.id = ANY (ARRAY(SELECT id FROM picked))
          AND d.due_ms <= (SELECT ms FROM moment) FOR UPDATE OF d SKIP LOCKED) locked ON locked.id = p.id),
    spent AS MATERIALIZED (SELECT url, count(DISTINCT lot) AS n FROM taken GROUP BY url),
    leased AS (UPDATE ${deliveries} d SET attempts = d.attempts + 1, fence = (SELECT n FROM fence), lot = t.lot, mates = t.mates,
        due_ms = (SELECT ms FROM moment) + $3::bigint, send_ms = (SELECT ms FROM moment) + $3::bigint
      FROM taken t WHERE d.id = t.id
      RETURNING d.*, t.circuit <> 'closed' AS is_probe, t.last_served, t.rank),
    left_over AS MATERIALIZED (SELECT o.url, CASE WHEN EXISTS (SELECT FROM lots l WHERE l.url = o.url AND l.rank > o.room) THEN moment.ms
        ELSE (SELECT d.send_ms FROM ${deliveries} d WHERE d.url = o.url AND ${waits("d")}
          AND d.id NOT IN (SELECT id FROM taken) AND NOT coalesce(${isExpired("d")}, false)
          AND ${isFirst(deliveries, "d", isExpired("x"))} ORDER BY d.send_ms, d.seq LIMIT 1) END AS ms FROM open o, moment),
    served AS (UPDATE ${endpoints} e SET
        ready_ms = l.ms, last_served = CASE WHEN s.n > 0 THEN (SELECT n FROM fence) ELSE e.last_served END,
        served_ms = CASE WHEN s.n > 0 THEN moment.ms ELSE e.served_ms END,
        tat = t.tat, token_ms = CASE WHEN $4::float8 IS NULL THEN NULL ELSE ${nextToken("t.tat", "$4", "$5")} END,
        circuit = CASE WHEN e.circuit <> 'closed' AND s.n > 0 THEN 'half_open' ELSE e.circuit END,
        open_until_ms = CASE WHEN e.circuit <> 'closed' AND s.n > 0 THEN moment.ms + $3::bigint ELSE e.open_until_ms END,
        probe = CASE WHEN e.circuit <> 'closed' AND s.n > 0 THEN (SELECT n FROM fence) ELSE e.probe END
      FROM open o CROSS JOIN moment JOIN left_over l ON l.url = o.url LEFT JOIN spent s ON s.url = o.url
        CROSS JOIN LATERAL (SELECT CASE WHEN s.n > 0 AND $4::float8 IS NOT NULL
          THEN greatest(o.tat, moment.ms) + s.n * $4::float8 ELSE o.tat END AS tat) t
      WHERE e.url = o.url),
    counted AS (UPDATE ${overall} g SET tat = t.tat, token_ms = ${nextToken("t.tat", "$6", "$7")}
      FROM whole w CROSS JOIN moment CROSS JOIN LATERAL (SELECT coalesce(sum(n), 0) AS n FROM spent) s
        CROSS JOIN LATERAL (SELECT CASE WHEN s.n > 0 THEN greatest(w.tat, moment.ms) + s.n * $6::float8 ELSE w.tat END AS tat) t
      WHERE g.one = 1 AND (s.n > 0 OR w.room < 1))
    SELECT * FROM leased ORDER BY last_served, url, rank, seq`;
}

/** Length of a token and size of the bucket of a rate; null without one. */
export const rateValues = (rate: Rate | undefined): readonly [number | null, number | null] =>
  rate === undefined ? [null, null] : [60_000 / rate.perMinute, rate.burst];

/** Values of the claim. */
export const claimValues = (
  { maxEndpoints, perEndpoint, leaseMs, endpointRate, globalRate }: ClaimRequest,
  nowMs: number | null,
  { urls, rooms }: UrlRooms,
): readonly unknown[] => [
  Math.min(maxEndpoints, 10_000),
  Math.min(perEndpoint, 10_000),
  leaseMs,
  ...rateValues(endpointRate),
  ...rateValues(globalRate),
  nowMs,
  urls,
  rooms,
];
