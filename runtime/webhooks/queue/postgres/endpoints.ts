import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import { momentOf } from "../../../state/postgres/clock.js";
import type { Database } from "../../../state/postgres/database.js";
import type { CircuitState, DeliveryQueue, EndpointState } from "../../delivery-queue.js";
import { isFirst, waits } from "./claim.js";
import { recordName } from "./rows.js";

/** How often one of all instances looks for endpoints that wait unnoticed, in milliseconds. */
const sweepMs = 1_000;

/** How long after a claim its endpoints are looked at once more, in milliseconds. */
const secondLookMs = 25;

/** After how long without a delivery an endpoint is forgotten, in milliseconds. */
const idleMs = 3_600_000;

interface EndpointRow {
  readonly url: string;
  readonly circuit: CircuitState;
  readonly failures: number;
  readonly open_until_ms: string | null;
  readonly pending: string;
}

const stateOf = (row: EndpointRow): EndpointState => ({
  url: row.url,
  circuit: row.circuit,
  failures: row.failures,
  openUntilMs: row.circuit === "closed" ? null : Number(row.open_until_ms),
  pending: Number(row.pending),
});

/** Where the endpoints of a queue are seen to. */
export interface Endpoints extends Pick<DeliveryQueue, "nextDueMs" | "endpoints" | "resetEndpoint"> {
  /** Has endpoints looked at now that have something waiting, and makes those that are not there. */
  touch(urls: readonly string[]): Promise<void>;
  /** Sees that nothing waits unnoticed: of those that were claimed from soon, of all once a second. */
  lookAfter(urls: readonly string[]): void;
  /** Forgets endpoints that nothing is known of any more. */
  forget(): Promise<void>;
  close(): void;
}

/** Endpoints in a table. @param found Told where something waited unnoticed. */
export function postgresEndpoints(
  { table, write, seek, run }: Database,
  now: () => number | null,
  found: () => void,
): Endpoints {
  const [deliveries, endpoints, overall] = ["deliveries", "endpoints", "global"].map((name) =>
    table(`webhook_${name}`),
  );
  const next = (url: string) =>
    `(SELECT d.send_ms FROM ${deliveries} d WHERE d.url = ${url} AND ${waits("d")}
       AND ${isFirst(deliveries ?? "", "d", "false")} ORDER BY d.send_ms, d.seq LIMIT 1)`;
  const nextDue = write<{ readonly ms: string | null }>(
    recordName,
    `SELECT least(
       greatest((SELECT greatest(ready_ms, open_until_ms, token_ms) FROM ${endpoints} WHERE ready_ms IS NOT NULL
         ORDER BY greatest(ready_ms, open_until_ms, token_ms) LIMIT 1), (SELECT token_ms FROM ${overall} WHERE one = 1)
         + CASE WHEN EXISTS (SELECT FROM ${endpoints} WHERE ready_ms IS NOT NULL) THEN 0 END),
       (SELECT due_ms FROM ${deliveries} WHERE fence IS NOT NULL ORDER BY due_ms LIMIT 1)) AS ms`,
  );
  const look = write(
    recordName,
    `UPDATE ${endpoints} e SET ready_ms = n.ms FROM (SELECT url, ${next("u.url")} AS ms FROM unnest($1::text[]) AS u (url)) n
     WHERE e.url = n.url AND n.ms IS NOT NULL AND (e.ready_ms IS NULL OR e.ready_ms > greatest(n.ms, ${momentOf("$2")}))`,
  );
  const sweep = write(
    recordName,
    `WITH turn AS (UPDATE ${overall} SET swept_ms = ${momentOf("NULL")} WHERE one = 1 AND swept_ms <= ${momentOf("NULL")} - ${sweepMs}
         RETURNING swept_ms),
       late AS MATERIALIZED (SELECT e.url, ${next("e.url")} AS ms FROM ${endpoints} e
         WHERE EXISTS (SELECT FROM turn) AND (e.ready_ms IS NULL OR e.ready_ms > ${momentOf("$1")}))
     UPDATE ${endpoints} e SET ready_ms = l.ms FROM late l
     WHERE e.url = l.url AND l.ms IS NOT NULL AND (e.ready_ms IS NULL OR e.ready_ms > greatest(l.ms, ${momentOf("$1")}))`,
  );
  const touch = write(
    recordName,
    `INSERT INTO ${endpoints} AS e (url, ready_ms) SELECT url, ${momentOf("$2")} FROM unnest($1::text[]) AS u (url)
     WHERE EXISTS (SELECT FROM ${deliveries} d WHERE d.url = u.url) ORDER BY url
     ON CONFLICT (url) DO UPDATE SET ready_ms = least(e.ready_ms, excluded.ready_ms)`,
  );
  const reset = seek(
    recordName,
    `UPDATE ${endpoints} SET circuit = 'closed', failures = 0, probe = NULL, open_until_ms = NULL
     WHERE url = $1 AND (circuit <> 'closed' OR failures > 0)`,
  );
  const forget = write(
    recordName,
    `DELETE FROM ${endpoints} e WHERE ready_ms IS NULL AND circuit = 'closed' AND served_ms < ${momentOf("$1")} - ${idleMs}
       AND tat < ${momentOf("$1")} AND NOT EXISTS (SELECT FROM ${deliveries} d WHERE d.url = e.url)`,
  );
  const page = seek<EndpointRow>(
    recordName,
    `SELECT e.url, e.circuit, e.failures, e.open_until_ms,
       (SELECT count(*) FROM ${deliveries} d WHERE d.url = e.url) AS pending FROM ${endpoints} e
     WHERE e.url > $1 AND (e.circuit <> 'closed' OR EXISTS (SELECT FROM ${deliveries} d WHERE d.url = e.url))
     ORDER BY e.url LIMIT $2`,
  );

  const served = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let sweptAt = Number.NEGATIVE_INFINITY;
  const tellOf = (work: () => Promise<{ readonly count: number }>): void => {
    run(work).then(
      ({ count }) => count > 0 && found(),
      () => {},
    );
  };
  const secondLook = (): void => {
    timer = undefined;
    const urls = [...served].sort();
    served.clear();
    tellOf(() => look(urls, now()));
  };

  return {
    nextDueMs: () =>
      run(async () => {
        const ms = (await nextDue()).rows[0]?.ms;
        return ms == null ? undefined : Number(ms);
      }),
    endpoints: ({ after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const [url = ""] = readCursor(after, 1) ?? [];
        const { rows } = await page(url, size + 1);
        return pageOf(rows, size, stateOf, (row) => cursorOf(row.url));
      }),
    resetEndpoint: (url) =>
      run(async () => {
        await reset(url);
      }),
    touch: async (urls) => {
      if (urls.length > 0) await touch([...urls], now());
    },
    lookAfter(urls) {
      for (const url of urls) served.add(url);
      if (served.size > 0 && timer === undefined) {
        timer = setTimeout(secondLook, secondLookMs);
        timer.unref();
      }
      if (performance.now() - sweptAt < sweepMs) return;
      sweptAt = performance.now();
      tellOf(() => sweep(now()));
    },
    forget: async () => {
      await forget(now());
    },
    close: () => clearTimeout(timer),
  };
}
