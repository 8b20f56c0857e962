import { Pool } from "pg";
import { postgresState } from "../../../state/postgres/open.js";
import { places } from "../../../state/postgres/testing/places.js";
import { isServerExpected, serverFault, serverUrl } from "../../../state/postgres/testing/server.js";
import { compare, type Measure, median } from "../../../testing/measured-process.js";
import type { NewDelivery, Settlement } from "../../delivery.js";
import type { ClaimRequest, DeliveryQueue } from "../../delivery-queue.js";

const connections = 4;
const endpoints = 50;
/** What a claim takes: endpoints, and deliveries of each. */
const [perClaim, perEndpoint] = [4, 10] as const;
const atLeast = 0.35;
/** How much more of a bare claim's time a claim may take over many that wait than over few. */
const mostGrowth = 2;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const delivery = (id: string, url: string): NewDelivery => ({
  id,
  subscriptionId: "subscription",
  url,
  taskId: "task",
  event: "task.completed",
  body: JSON.stringify({ event: "task.completed", data: { task_id: "task", text: "x".repeat(250) } }),
  orderKey: null,
  batchSize: 1,
  batchMs: 0,
  createdMs: Date.now(),
  expiresMs: null,
});

const urlOf = (index: number): string => `https://h${index % endpoints}.example/`;

let made = 0;
const deliveries = (count: number): readonly NewDelivery[] =>
  Array.from({ length: count }, () => delivery(`d${made++}`, urlOf(made)));

const request: ClaimRequest = {
  owner: "bench",
  maxEndpoints: perClaim,
  perEndpoint,
  leaseMs: 60_000,
  endpointRate: { perMinute: 60_000_000, burst: 1_000_000 },
  globalRate: undefined,
  circuit: { failures: 5, openMs: 60_000 },
};
const facts = {
  startedMs: 0,
  elapsedMs: 5,
  status: 200,
  address: "127.0.0.1",
  error: null,
  reason: null,
  response: null,
};

async function claimAndSettle(queue: DeliveryQueue): Promise<number> {
  const batches = await queue.claim(request);
  const settlements = batches.flatMap(({ deliveries: held }) =>
    held.map((one): Settlement => ({ delivery: one, outcome: { kind: "delivered" }, facts, endpoint: "works" })),
  );
  if (settlements.length > 0) await queue.settle(settlements, request.circuit);
  return settlements.length;
}

/**
 * What PostgreSQL cannot do without: rows of the same tables, with the same indexes, leased by one bare statement for some
 * URLs in turn, and ended by another that deletes them and notes their attempts. It knows no rates, circuits or keys.
 */
function bareQueue(pool: Pool, schema: string) {
  const [items, history] = [`"${schema}".bare_items`, `"${schema}".bare_history`];
  const settings = "WITH (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 70)";
  let turn = 0;
  const claim = async (urls: number, perUrl: number) => {
    const from = turn;
    turn += urls;
    const { rows } = await pool.query<{ readonly id: string; readonly fence: string }>({
      name: "bare-claim",
      text: `UPDATE ${items} SET attempts = attempts + 1, fence = 1, due_ms = $1::bigint + 60000, send_ms = $1::bigint + 60000
        WHERE id = ANY (ARRAY(SELECT d.id FROM unnest($2::text[]) AS u (url) CROSS JOIN LATERAL (
          SELECT id FROM ${items} WHERE url = u.url AND send_ms <= $1 ORDER BY send_ms, seq LIMIT $3
          FOR UPDATE SKIP LOCKED) d)) RETURNING *`,
      values: [Date.now(), Array.from({ length: urls }, (_, index) => urlOf(from + index)), perUrl],
    });
    return rows;
  };
  return {
    claim,
    async prepare() {
      for (const [table, of] of [
        [items, "deliveries"],
        [history, "attempts"],
      ])
        await pool.query(`CREATE TABLE ${table} (LIKE "${schema}".webhook_${of} INCLUDING ALL) ${settings}`);
    },
    async add(many: readonly NewDelivery[]) {
      await pool.query({
        name: "bare-add",
        text: `INSERT INTO ${items} (id, url, body, subscription_id, task_id, event, batch_size, batch_ms, created_ms, attempts,
            replays, status, due_ms, send_ms)
          SELECT *, 'subscription', 'task', 'task.completed', 1, 0, 0, 0, 0, 0, 0, 0 FROM unnest($1::text[], $2::text[], $3::text[])`,
        values: [many.map(({ id }) => id), many.map(({ url }) => url), many.map(({ body }) => body)],
      });
    },
    async release(rows: readonly { readonly id: string }[]) {
      await pool.query({
        name: "bare-release",
        text: `UPDATE ${items} SET attempts = attempts - 1, fence = NULL, due_ms = 0, send_ms = 0 WHERE id = ANY ($1::text[])`,
        values: [rows.map(({ id }) => id)],
      });
    },
    async claimAndSettle(): Promise<number> {
      const rows = await claim(perClaim, perEndpoint);
      if (rows.length === 0) return 0;
      await pool.query({
        name: "bare-settle",
        text: `WITH done AS (DELETE FROM ${items} i USING unnest($1::text[], $2::bigint[]) AS g (id, fence)
            WHERE i.id = g.id AND i.fence = g.fence RETURNING i.*)
          INSERT INTO ${history} (delivery_id, subscription_id, url, task_id, event, attempt, replays, outcome, started_ms,
            elapsed_ms, status, address)
          SELECT id, subscription_id, url, task_id, event, attempts, replays, 'delivered', $3, 5, 200, '127.0.0.1' FROM done`,
        values: [rows.map(({ id }) => id), rows.map(({ fence }) => fence), Date.now()],
      });
      return rows.length;
    },
  };
}

const waiting = 40_000;

/** Lets some callers claim and settle for a second; what they take was queued before. */
async function measure(
  add: (many: readonly NewDelivery[]) => Promise<unknown>,
  step: () => Promise<number>,
): Promise<Measure> {
  for (let queued = 0; queued < waiting; queued += 1_000) await add(deliveries(1_000));
  let [done, isOver] = [0, false];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const loops = Array.from({ length: connections }, async () => {
    while (!isOver) done += await step();
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  isOver = true;
  await Promise.all(loops);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  while ((await step()) > 0);
  return { perSecond: done / seconds, cpuMicroseconds: (user + system) / done };
}

async function besideBare(schema: string): Promise<boolean> {
  const pool = new Pool({ connectionString: serverUrl, max: connections });
  const state = await postgresState({ url: serverUrl, schema, maxConnections: connections });
  const queue = state.webhooks?.queue;
  if (queue === undefined) return false;
  const bare = bareQueue(pool, schema);
  await bare.prepare();
  const holds = await compare(
    `claim and settle webhook deliveries, ${perClaim} endpoints x ${perEndpoint}, ${connections} connections`,
    [
      { name: "bare statements", measure: () => measure(bare.add, bare.claimAndSettle) },
      { name: "queue in PostgreSQL", measure: () => measure(queue.enqueue, () => claimAndSettle(queue)) },
    ],
    atLeast,
  );
  await state.close();
  await pool.end();
  return holds;
}

/** How much longer a claim of one delivery takes than a bare one, while some number of them wait. */
async function claimRatio(schema: string, pending: number): Promise<number> {
  const pool = new Pool({ connectionString: serverUrl, max: 1 });
  const state = await postgresState({ url: serverUrl, schema, maxConnections: 1 });
  const queue = state.webhooks?.queue;
  if (queue === undefined) return Number.NaN;
  const bare = bareQueue(pool, schema);
  await bare.prepare();
  for (let queued = 0; queued < pending; queued += 1_000) {
    await queue.enqueue(deliveries(1_000));
    await bare.add(deliveries(1_000));
  }
  await pool.query(`VACUUM ANALYZE "${schema}".webhook_deliveries, "${schema}".bare_items`);
  const times: { readonly ours: number; readonly least: number }[] = [];
  for (let turn = 0; turn < 220; turn += 1) {
    const startedAt = performance.now();
    const batches = await queue.claim({ ...request, maxEndpoints: 1, perEndpoint: 1 });
    const betweenAt = performance.now();
    const rows = await bare.claim(1, 1);
    const endedAt = performance.now();
    if (turn >= 20) times.push({ ours: betweenAt - startedAt, least: endedAt - betweenAt });
    await bare.release(rows);
    const held = batches.flatMap((batch) => batch.deliveries);
    await queue.settle(
      held.map((one) => ({ delivery: one, outcome: { kind: "release" } })),
      request.circuit,
    );
  }
  await state.close();
  await pool.end();
  const [ours, least] = [median(times.map((each) => each.ours)), median(times.map((each) => each.least))];
  const shown = `${ours.toFixed(2)} ms, bare ${least.toFixed(2)} ms (medians of ${times.length})`;
  print(`claim with ${pending.toLocaleString("en")} pending: ${shown}`);
  return ours / least;
}

async function flatness(fresh: () => string): Promise<boolean> {
  const ratios: number[] = [];
  for (const pending of [1_000, 20_000, 200_000]) ratios.push(await claimRatio(fresh(), pending));
  const growth = Math.max(...ratios) / (ratios[0] ?? Number.NaN);
  const holds = growth <= mostGrowth;
  print(
    `  beside a bare claim it grows by ${growth.toFixed(2)}, at most ${mostGrowth}: ${holds ? "holds" : "DOES NOT HOLD"}`,
  );
  return holds;
}

if (!isServerExpected) print(`skipped: no PostgreSQL server (${serverFault})`);
else {
  const own = places();
  try {
    const held = [await besideBare(own.fresh()), await flatness(own.fresh)];
    process.exitCode = held.every(Boolean) ? 0 : 1;
  } finally {
    await own.remove();
  }
}
