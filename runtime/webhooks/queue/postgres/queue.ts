import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { Database } from "../../../state/postgres/database.js";
import { where } from "../../../state/postgres/where.js";
import { purgeAll } from "../../../state/purge.js";
import { wholeMs } from "../../../state/records.js";
import type { ClaimedBatch, ClaimedDelivery, Settlement } from "../../delivery.js";
import type { DeliveryQueue, Settled } from "../../delivery-queue.js";
import { claimText, claimValues } from "./claim.js";
import { postgresDead } from "./dead.js";
import type { Endpoints } from "./endpoints.js";
import { type Enqueue, enqueueParameters, enqueueParts, enqueueValues, type Queued } from "./enqueue.js";
import { HandedOut } from "./handed-out.js";
import { postgresHistory } from "./history.js";
import { postgresRestore } from "./restore.js";
import type { Rooms } from "./rooms.js";
import { claimedOf, conditionsOf, type DeliveryRow, deliveryOf, newNames, recordName } from "./rows.js";
import { heartbeatText, type Rates, settleText, settleValues } from "./settle.js";
import type { Wake } from "./wake.js";

interface LeasedRow extends DeliveryRow {
  readonly lot: string;
  readonly is_probe: boolean;
}

/** Rows of a claim as batches, in the order they come. */
function batchesOf(rows: readonly LeasedRow[]): readonly ClaimedBatch[] {
  const batches = new Map<string, { url: string; isProbe: boolean; deliveries: ClaimedDelivery[] }>();
  for (const row of rows) {
    const batch = batches.get(row.lot) ?? { url: row.url, isProbe: row.is_probe, deliveries: [] };
    batch.deliveries.push(claimedOf(row));
    batches.set(row.lot, batch);
  }
  return [...batches.values()];
}

/** What a queue is made of. */
export interface QueueParts {
  readonly database: Database;
  readonly now: () => number | null;
  readonly enqueue: Enqueue;
  readonly endpoints: Endpoints;
  readonly rooms: Rooms;
  readonly wake: Wake;
}

/** Deliveries in tables; each claim and each settlement is one statement. */
export function postgresQueue({ database, now, enqueue, endpoints, rooms, wake }: QueueParts): DeliveryQueue {
  const { table, write, seek, run } = database;
  const [deliveries, dead, attempts] = ["deliveries", "dead", "attempts"].map((each) => table(`webhook_${each}`));
  const add = write<{ readonly id: string } & Queued>(
    recordName,
    `WITH ${enqueueParts(database, 1, `$${enqueueParameters + 1}`)}
     SELECT id, (SELECT coalesce(array_agg(url), '{}') FROM missed) AS missed FROM added`,
  );
  const claim = write<LeasedRow>(recordName, claimText(database));
  const settle = write<{ readonly ord: string; readonly circuit: "opened" | "closed" | null }>(
    recordName,
    settleText(database),
  );
  const heartbeat = write<{ readonly ord: string }>(recordName, heartbeatText(database));
  const drop = seek<{ readonly url: string }>(
    recordName,
    `DELETE FROM ${deliveries} WHERE subscription_id = $1 AND fence IS NULL RETURNING url`,
  );
  const stats = write<Readonly<Record<"pending" | "leased" | "dead" | "circuits", string>> & { oldest: string | null }>(
    recordName,
    `WITH moment AS MATERIALIZED (SELECT $1::bigint AS ms)
     SELECT count(*) FILTER (WHERE fence IS NULL) AS pending, count(fence) AS leased,
       min(due_ms) FILTER (WHERE fence IS NULL AND due_ms <= coalesce(moment.ms, (extract(epoch FROM now()) * 1000)::bigint)) AS oldest,
       (SELECT count(*) FROM ${dead}) AS dead,
       (SELECT count(*) FROM ${table("webhook_endpoints")} WHERE circuit <> 'closed') AS circuits
     FROM moment LEFT JOIN ${deliveries} ON true WHERE id IS NOT NULL`,
  );
  const pruneAttempts = write(
    recordName,
    `DELETE FROM ${attempts} WHERE seq = ANY (ARRAY(SELECT seq FROM ${attempts}
       WHERE started_ms < $1::bigint AND started_ms + elapsed_ms < $1::bigint ORDER BY started_ms LIMIT $2 FOR UPDATE SKIP LOCKED))`,
  );
  const pruneDead = write(
    recordName,
    `DELETE FROM ${dead} WHERE id = ANY (ARRAY(SELECT id FROM ${dead} WHERE died_ms < $1::bigint
       ORDER BY died_ms LIMIT $2 FOR UPDATE SKIP LOCKED))`,
  );
  const history = postgresHistory(database);
  const handedOut = new HandedOut();
  let rates: Rates = {};

  const settleAll = async (many: readonly Settlement[], values: readonly unknown[]): Promise<readonly Settled[]> => {
    const results = new Map<number, Settled>();
    for (const { ord, circuit } of (await settle(...values)).rows) {
      results.set(Number(ord), { result: "applied", ...(circuit !== null && { circuit }) });
    }
    if (results.size > 0) rooms.freed(new Set(many.map(({ delivery }) => delivery.url)));
    return many.map((_, index) => results.get(index + 1) ?? { result: "stale" });
  };

  return {
    enqueue: (many) =>
      run(async () => {
        if (many.length === 0) return [];
        const values = enqueueValues(many);
        const ids = many.map(({ id }) => id);
        const rows = await enqueue(many, async () => (await add(...values, now())).rows);
        const added = new Set(rows.map(({ id }) => id));
        return ids.map((id) => (added.delete(id) ? "added" : "exists"));
      }),
    claim: (request) =>
      run(async () => {
        rates = request;
        const values = claimValues(request, now(), handedOut.rooms(request));
        const batches = batchesOf((await claim(...values)).rows);
        handedOut.add(new Set(batches.map(({ url }) => url)));
        endpoints.lookAfter(batches.map(({ url }) => url));
        return batches;
      }),
    heartbeat: (many, leaseMs) =>
      run(async () => {
        const [ids, fences] = [many.map(({ id }) => id), many.map(({ fence }) => fence)];
        const { rows } = await heartbeat(ids, fences, wholeMs(leaseMs), now());
        const held = new Set(rows.map(({ ord }) => Number(ord)));
        return many.map((_, index) => held.has(index + 1));
      }),
    settle: (many, circuit) =>
      run(async () => {
        const first = new Map<string, Settlement>();
        for (const each of many) if (!first.has(each.delivery.id)) first.set(each.delivery.id, each);
        const unique = [...first.values()];
        const settled = unique.length === 0 ? [] : await settleAll(unique, settleValues(unique, circuit, now(), rates));
        const results = new Map(unique.map((each, index) => [each, settled[index]]));
        return many.map((each) => results.get(each) ?? { result: "stale" });
      }),
    nextDueMs: endpoints.nextDueMs,
    onWake: wake.on,
    list: (filter = {}, { after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 1);
        const { text, values } = where([
          ...conditionsOf(filter, "created_ms"),
          ...(cursor === undefined ? [] : [["seq > ?", ...cursor] as const]),
        ]);
        const columns = `seq, ${newNames}, attempts, replays, due_ms, fence`;
        const order = `ORDER BY seq LIMIT $${values.length + 1}`;
        const page = seek<DeliveryRow>(recordName, `SELECT ${columns} FROM ${deliveries} ${text} ${order}`);
        const { rows } = await page(...values, size + 1);
        return pageOf(rows, size, deliveryOf, ({ seq }) => cursorOf(Number(seq)));
      }),
    drop: (subscriptionId) =>
      run(async () => {
        const { rows } = await drop(subscriptionId);
        const urls = new Set(rows.map(({ url }) => url));
        await endpoints.touch([...urls]);
        if (urls.size > 0) rooms.freed(urls);
        return rows.length;
      }),
    dead: postgresDead(database, enqueue, now),
    history: history.history,
    totals: history.totals,
    endpoints: endpoints.endpoints,
    resetEndpoint: endpoints.resetEndpoint,
    stats: () =>
      run(async () => {
        const row = (await stats(now())).rows[0];
        return {
          pending: Number(row?.pending),
          leased: Number(row?.leased),
          dead: Number(row?.dead),
          oldestDueMs: row?.oldest == null ? null : Number(row.oldest),
          openCircuits: Number(row?.circuits),
        };
      }),
    prune: ({ attemptsMs, deadMs }) =>
      run(async () => {
        const part = (statement: typeof pruneDead, ms: number | undefined) =>
          ms === undefined ? 0 : purgeAll(async (most) => (await statement(wholeMs(ms), most)).count);
        const count = (await part(pruneAttempts, attemptsMs)) + (await part(pruneDead, deadMs));
        await endpoints.forget();
        return count;
      }),
    restore: postgresRestore(database, endpoints, history),
  };
}
