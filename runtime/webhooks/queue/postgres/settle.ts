import { momentOf } from "../../../state/postgres/clock.js";
import type { Database } from "../../../state/postgres/database.js";
import type { Settlement } from "../../delivery.js";
import type { CircuitRule, ClaimRequest } from "../../delivery-queue.js";
import { nextToken, rateValues } from "./claim.js";
import { type Cell, columnsOf, newNames, unnested } from "./rows.js";

/** What is known of an attempt, as columns and their types. */
const given = {
  given_id: "text",
  given_fence: "bigint",
  kind: "text",
  at_ms: "bigint",
  why: "text",
  verdict: "text",
  started_ms: "bigint",
  elapsed_ms: "double precision",
  answer: "smallint",
  address: "text",
  error: "text",
  reason: "text",
  response: "text",
} as const;
const types = Object.values(given);

const rowOf = ({ delivery, outcome, facts, endpoint }: Settlement): readonly Cell[] => [
  delivery.id,
  delivery.fence,
  outcome.kind,
  outcome.kind === "retry" ? Math.ceil(outcome.atMs) : null,
  outcome.kind === "dead" ? outcome.reason : null,
  endpoint ?? null,
  facts === undefined ? null : Math.floor(facts.startedMs),
  facts?.elapsedMs ?? null,
  facts?.status ?? null,
  facts?.address ?? null,
  facts?.error ?? null,
  facts?.reason ?? null,
  facts?.response ?? null,
];

/** The buckets that tokens come from. */
export type Rates = Partial<Pick<ClaimRequest, "endpointRate" | "globalRate">>;

/** Values of the settlement. @param rates Those of the claims: what was not sent gives its tokens back. */
export const settleValues = (
  settlements: readonly Settlement[],
  { failures, openMs }: CircuitRule,
  nowMs: number | null,
  rates: Rates,
): readonly unknown[] => {
  const isReleasing = settlements.some(({ outcome }) => outcome.kind === "release");
  const { endpointRate, globalRate }: Rates = isReleasing ? rates : {};
  return [
    ...columnsOf(types.length, settlements.map(rowOf)),
    failures,
    openMs,
    nowMs,
    ...rateValues(endpointRate),
    ...rateValues(globalRate),
  ];
};

/** Text of the settlement; its values are those of {@link settleValues}, its rows tell what was written. */
export function settleText({ table }: Pick<Database, "table">): string {
  const [deliveries, endpoints, overall] = ["deliveries", "endpoints", "global"].map((each) =>
    table(`webhook_${each}`),
  );
  const parameter = (more: number) => `$${types.length + more}`;
  const [failures, openMs, now] = [parameter(1), parameter(2), parameter(3)];
  const [interval, burst, allInterval, allBurst] = [parameter(4), parameter(5), parameter(6), parameter(7)];
  return `WITH moment AS MATERIALIZED (SELECT ${momentOf(now)} AS ms),
    own AS MATERIALIZED (SELECT d.*, given.* FROM ${unnested(types, Object.keys(given).join(", "), 1)}
      JOIN ${deliveries} d ON d.id = given_id AND d.fence = given_fence ORDER BY d.id FOR UPDATE OF d),
    unsent AS MATERIALIZED (SELECT url, count(*) AS n FROM (SELECT url FROM own WHERE kind = 'release'
        GROUP BY url, fence, lot HAVING count(*) = max(mates)) lots GROUP BY url),
    whole AS MATERIALIZED (SELECT g.tat FROM ${overall} g
      WHERE g.one = 1 AND ${allInterval}::float8 IS NOT NULL AND EXISTS (SELECT FROM unsent) FOR UPDATE OF g),
    met AS MATERIALIZED (SELECT e.url, e.circuit, e.failures, e.probe, e.tat FROM ${endpoints} e WHERE e.url = ANY (ARRAY(
        SELECT o.url FROM own o WHERE o.kind IN ('retry', 'release') OR o.order_key IS NOT NULL OR o.verdict = 'fails'
          OR EXISTS (SELECT FROM ${endpoints} c WHERE c.url = o.url AND (c.failures > 0 OR c.circuit <> 'closed'))))
        AND (SELECT count(*) FROM whole) < 2
      ORDER BY e.url FOR UPDATE),
    refilled AS (UPDATE ${overall} g SET tat = t.tat, token_ms = ${nextToken("t.tat", allInterval, allBurst)}
      FROM whole w CROSS JOIN moment CROSS JOIN LATERAL (
        SELECT w.tat - (SELECT sum(n) FROM unsent) * ${allInterval}::float8 AS tat) t WHERE g.one = 1),
    runs AS (SELECT o.url, o.ord, o.verdict, e.failures,
        count(*) FILTER (WHERE o.verdict = 'works') OVER (PARTITION BY o.url ORDER BY o.ord) AS successes
      FROM own o JOIN met e ON e.url = o.url WHERE e.circuit = 'closed' AND o.verdict IS NOT NULL),
    counted AS MATERIALIZED (SELECT url, ord, verdict, CASE WHEN successes = 0 THEN failures ELSE 0 END
        + count(*) FILTER (WHERE verdict = 'fails') OVER (PARTITION BY url, successes ORDER BY ord) AS failed FROM runs),
    opened AS MATERIALIZED (SELECT url, min(ord) AS ord, min(failed) AS failed FROM counted
      WHERE verdict = 'fails' AND failed >= ${failures}::bigint GROUP BY url),
    latest AS (SELECT DISTINCT ON (url) url, failed FROM counted ORDER BY url, ord DESC),
    probed AS MATERIALIZED (SELECT DISTINCT ON (o.url) o.url, o.ord, o.verdict FROM own o JOIN met e ON e.url = o.url
      WHERE e.circuit = 'half_open' AND e.probe = o.fence ORDER BY o.url, o.verdict IS NULL, o.ord),
    woken AS (SELECT url, min(CASE kind WHEN 'retry' THEN at_ms ELSE moment.ms END) AS ms FROM own, moment
      WHERE kind IN ('retry', 'release') OR order_key IS NOT NULL GROUP BY url),
    judged AS (UPDATE ${endpoints} e SET
        failures = CASE WHEN p.verdict = 'works' THEN 0 WHEN p.verdict = 'fails' THEN e.failures + 1
          ELSE coalesce(o.failed, l.failed, e.failures) END,
        circuit = CASE WHEN p.verdict = 'works' THEN 'closed' WHEN p.verdict = 'fails' OR o.ord IS NOT NULL THEN 'open'
          ELSE e.circuit END,
        open_until_ms = CASE WHEN p.verdict = 'works' THEN NULL
          WHEN p.verdict = 'fails' OR o.ord IS NOT NULL THEN moment.ms + ${openMs}::bigint
          WHEN p.url IS NOT NULL THEN moment.ms ELSE e.open_until_ms END,
        tat = t.tat, token_ms = CASE WHEN t.tat < e.tat THEN ${nextToken("t.tat", interval, burst)} ELSE e.token_ms END,
        probe = CASE WHEN p.url IS NULL THEN e.probe END, ready_ms = least(e.ready_ms, w.ms)
      FROM met m CROSS JOIN moment LEFT JOIN opened o ON o.url = m.url LEFT JOIN latest l ON l.url = m.url
        LEFT JOIN probed p ON p.url = m.url LEFT JOIN woken w ON w.url = m.url
        LEFT JOIN unsent u ON u.url = m.url
        CROSS JOIN LATERAL (SELECT m.tat - coalesce(u.n * ${interval}::float8, 0) AS tat) t
      WHERE e.url = m.url),
    buried AS (INSERT INTO ${table("webhook_dead")} (${newNames}, attempts, replays, status, died_ms, reason)
      SELECT ${newNames}, attempts, replays, coalesce(answer, status), moment.ms, why FROM own, moment WHERE kind = 'dead'
      ORDER BY ord ON CONFLICT (id) DO NOTHING),
    ended AS (DELETE FROM ${deliveries} d USING own o WHERE d.id = o.id AND o.kind IN ('delivered', 'dead')),
    kept AS (UPDATE ${deliveries} d SET fence = NULL, attempts = d.attempts - CASE o.kind WHEN 'release' THEN 1 ELSE 0 END,
        status = coalesce(o.answer, d.status), due_ms = n.ms, send_ms = n.ms
      FROM own o CROSS JOIN moment CROSS JOIN LATERAL (
        SELECT CASE o.kind WHEN 'retry' THEN o.at_ms ELSE least(o.created_ms, moment.ms) END AS ms) n
      WHERE d.id = o.id AND o.kind IN ('retry', 'release')),
    noted AS (INSERT INTO ${table("webhook_attempts")} (delivery_id, subscription_id, url, task_id, event, attempt, replays,
        outcome, started_ms, elapsed_ms, status, address, error, reason, response)
      SELECT id, subscription_id, url, task_id, event, attempts, replays, kind, started_ms, elapsed_ms, answer, address,
        error, reason, response
      FROM own WHERE started_ms IS NOT NULL AND kind <> 'release' ORDER BY ord ON CONFLICT DO NOTHING)
    SELECT own.ord, CASE WHEN o.ord IS NOT NULL THEN 'opened' WHEN p.verdict = 'works' THEN 'closed' END AS circuit
    FROM own LEFT JOIN opened o ON o.url = own.url AND o.ord = own.ord LEFT JOIN probed p ON p.url = own.url AND p.ord = own.ord`;
}

/** Text of the heartbeat: ids, fences, the length of the lease and the moment; its rows are what is held. */
export const heartbeatText = ({ table }: Pick<Database, "table">): string =>
  `WITH moment AS MATERIALIZED (SELECT ${momentOf("$4")} AS ms),
    own AS MATERIALIZED (SELECT d.id, d.url, d.fence, given.ord FROM ${unnested(["text", "bigint"], "given_id, given_fence", 1)}
      JOIN ${table("webhook_deliveries")} d ON d.id = given_id AND d.fence = given_fence ORDER BY d.id FOR UPDATE OF d),
    kept AS (UPDATE ${table("webhook_deliveries")} d SET due_ms = moment.ms + $3::bigint, send_ms = moment.ms + $3::bigint
      FROM own, moment WHERE d.id = own.id),
    probing AS (UPDATE ${table("webhook_endpoints")} e SET open_until_ms = greatest(e.open_until_ms, moment.ms + $3::bigint)
      FROM (SELECT DISTINCT url, fence FROM own) o, moment
      WHERE e.url = o.url AND e.circuit = 'half_open' AND e.probe = o.fence)
    SELECT ord FROM own`;
