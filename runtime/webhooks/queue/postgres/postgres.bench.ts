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
const atLeast = 0.4;
/** How much longer a claim may take over many that wait than over few. */
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

let made = 0;
const deliveries = (count: number): readonly NewDelivery[] =>
  Array.from({ length: count }, () => delivery(`d${made++}`, `https://h${made % endpoints}.example/`));

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

/** The least that a queue in a table does: lease what is due, delete it and note the attempt, all by bare statements. */
function bareQueue(pool: Pool, schema: string) {
  const [items, history] = [`"${schema}".bare_items`, `"${schema}".bare_history`];
  return {
    async prepare() {
      await pool.query(`CREATE TABLE ${items} (seq bigint GENERATED ALWAYS AS IDENTITY, id text PRIMARY KEY,
        url text NOT NULL, body text NOT NULL, due_ms bigint NOT NULL, fence bigint NOT NULL DEFAULT 0)`);
      await pool.query(`CREATE INDEX ON ${items} (due_ms)`);
      await pool.query(`CREATE TABLE ${history} (id text NOT NULL, url text NOT NULL, status smallint NOT NULL,
        at_ms bigint NOT NULL)`);
      await pool.query(`CREATE INDEX ON ${history} (at_ms)`);
    },
    async add(many: readonly NewDelivery[]) {
      await pool.query({
        name: "bare-add",
        text: `INSERT INTO ${items} (id, url, body, due_ms) SELECT *, 0 FROM unnest($1::text[], $2::text[], $3::text[])`,
        values: [many.map(({ id }) => id), many.map(({ url }) => url), many.map(({ body }) => body)],
      });
    },
    async claimAndSettle(): Promise<number> {
      const { rows } = await pool.query<{ readonly id: string; readonly fence: string }>({
        name: "bare-claim",
        text: `UPDATE ${items} SET fence = fence + 1, due_ms = $1::bigint + 60000 WHERE id = ANY (ARRAY(
          SELECT id FROM ${items} WHERE due_ms <= $1 ORDER BY due_ms LIMIT $2 FOR UPDATE SKIP LOCKED))
          RETURNING id, fence, url, body`,
        values: [Date.now(), perClaim * perEndpoint],
      });
      if (rows.length === 0) return 0;
      await pool.query({
        name: "bare-settle",
        text: `WITH done AS (DELETE FROM ${items} i USING unnest($1::text[], $2::bigint[]) AS g (id, fence)
            WHERE i.id = g.id AND i.fence = g.fence RETURNING i.id, i.url)
          INSERT INTO ${history} SELECT id, url, 200, $3 FROM done`,
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

/** Time of a claim while some number of deliveries wait, in milliseconds. */
async function claimMs(schema: string, pending: number): Promise<number> {
  const state = await postgresState({ url: serverUrl, schema, maxConnections: 1 });
  const queue = state.webhooks?.queue;
  if (queue === undefined) return Number.NaN;
  for (let queued = 0; queued < pending; queued += 1_000) await queue.enqueue(deliveries(1_000));
  const times: number[] = [];
  for (let turn = 0; turn < 120; turn += 1) {
    const startedAt = performance.now();
    const batches = await queue.claim({ ...request, maxEndpoints: 1, perEndpoint: 1 });
    if (turn >= 20) times.push(performance.now() - startedAt);
    const held = batches.flatMap((batch) => batch.deliveries);
    await queue.settle(
      held.map((one) => ({ delivery: one, outcome: { kind: "release" } })),
      request.circuit,
    );
  }
  await state.close();
  return median(times);
}

async function flatness(fresh: () => string): Promise<boolean> {
  const times: number[] = [];
  for (const pending of [1_000, 20_000, 200_000]) {
    const ms = await claimMs(fresh(), pending);
    times.push(ms);
    print(`claim with ${pending.toLocaleString("en")} pending: ${ms.toFixed(2)} ms (median of 100)`);
  }
  const growth = Math.max(...times) / (times[0] ?? Number.NaN);
  const holds = growth <= mostGrowth;
  print(`  grows by ${growth.toFixed(2)}, at most ${mostGrowth}: ${holds ? "holds" : "DOES NOT HOLD"}`);
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
