import { setImmediate as turn } from "node:timers/promises";
import { invalidOption } from "../../../invalid-option.js";
import { byBytes, cursorOf, type Page, type PageRequest, pageOf, pageSize, readCursor } from "../../../state/page.js";
import { type SqliteDatabase, sqliteError } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { ClaimedBatch, ClaimedDelivery, Delivery, NewDelivery } from "../../delivery.js";
import type { ClaimRequest, DeliveryFilter, DeliveryQueue, EndpointState, QueueStats } from "../../delivery-queue.js";
import { deliveryFits } from "../../records.js";
import type { WebhookStore, WebhookStoreOptions } from "../../webhook-store.js";
import { circuitState, closedCircuit } from "../circuit.js";
import { claimedBatch, claimedDelivery } from "../claims.js";
import type { Item, Unit } from "../item.js";
import { mostPendingPerUrl } from "../url-room.js";
import { Wakes } from "../wake.js";
import { sqliteBind } from "./bind.js";
import { sqliteDead } from "./dead.js";
import { sqliteHistory } from "./history.js";
import { Journal } from "./journal.js";
import { rewriting } from "./rewrite.js";
import { type DeliveryRow, deliveryOf, marks, newOf, readHead } from "./rows.js";
import { Sending, type Term } from "./sending.js";
import { settlementWriter } from "./settle.js";
import { sqliteSubscriptions } from "./subscriptions.js";

/** Webhooks in a file, and what joins them to the changes of tasks. */
export interface SqliteWebhooks extends WebhookStore {
  readonly journal: Journal;
  /** Lets go of the sending side; what it writes for that is written with what else waits. */
  close(): void;
}

/** Options of {@link sqliteWebhooks}. */
export interface SqliteWebhookOptions extends WebhookStoreOptions {
  /** Told that much was written. */
  readonly onMuch?: (() => void) | undefined;
}

/** How often it is looked for what other processes queued, in milliseconds. */
const pollMs = 500;
/** Rows that one statement reads for a claim. */
const seqsOfRead = 50;

const isThere = (delivery: ClaimedDelivery | undefined): delivery is ClaimedDelivery => delivery !== undefined;

/** Most rows that are read in one turn of the event loop. */
const rowsOfTurn = 1_000;

/**
 * Webhooks in the tables of a file. Every process queues; one at a time sends.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function sqliteWebhooks(
  database: SqliteDatabase,
  writer: GroupWriter,
  options: SqliteWebhookOptions = {},
): SqliteWebhooks {
  const { maxPending = 1_000_000, maxPendingPerUrl = mostPendingPerUrl, now = Date.now, onMuch } = options;
  for (const [name, value] of Object.entries({ maxPending, maxPendingPerUrl }))
    if (!Number.isSafeInteger(value) || value < 1) throw invalidOption(name, "must be a whole number from 1");
  const wakes = new Wakes();
  const wake = () => wakes.wake();
  const sending = new Sending(database, writer, now, wake);
  const journal = new Journal(database, writer, sending, { maxPending, maxPendingPerUrl, now, onMuch });
  const history = sqliteHistory(database, writer);
  const settlements = settlementWriter(database);
  const { prune: pruneDead, count: countDead, ...dead } = sqliteDead(database, writer, sending, journal, now, wake);
  const { drop, restore } = rewriting(database, writer, sending, journal, history, settlements);

  const bySeqs = database.prepare(
    `SELECT seq, id, head, body FROM asap_webhook_deliveries WHERE seq IN ${marks(1, seqsOfRead)}`,
  );
  const rowsAfter = database.prepare(
    `SELECT * FROM asap_webhook_deliveries WHERE seq > ? ORDER BY seq LIMIT ${rowsOfTurn}`,
  );
  const firstDue = database.prepare("SELECT due_ms FROM asap_webhook_deliveries ORDER BY seq LIMIT 1");
  const openCircuits = database.prepare("SELECT url, failures, open_until_ms FROM asap_webhook_circuits");
  const headsAfter = database.prepare(
    `SELECT seq, head FROM asap_webhook_deliveries WHERE seq > ? ORDER BY seq LIMIT ${rowsOfTurn}`,
  );
  const closeCircuit = database.prepare("DELETE FROM asap_webhook_circuits WHERE url = ?");

  let poll: NodeJS.Timeout | undefined;
  const listen = () => {
    poll ??= setInterval(() => void writer.read(() => sending.catchUp()).catch(() => {}), pollMs).unref();
  };

  const bury = async (term: Term, items: readonly Item[]): Promise<void> => {
    try {
      await writer.write(() => {
        if (!sending.isLatest(term)) return;
        journal.recount(-settlements.expire(items, now()));
      });
    } catch (cause) {
      term.scheduler.giveBack(items, now());
      throw cause;
    }
    for (const item of items) sending.cool(term, item);
    term.scheduler.end(items, now());
  };
  /** What is claimed and not in memory, by its row. */
  const coldOf = (units: readonly Unit[]): ReadonlyMap<number, NewDelivery> => {
    const seqs = units.flatMap(({ leases }) =>
      leases.flatMap(({ item }) => (item.data === undefined ? [item.seq] : [])),
    );
    const cold = new Map<number, NewDelivery>();
    for (let from = 0; from < seqs.length; from += seqsOfRead) {
      const some = seqs.slice(from, from + seqsOfRead);
      const none = Array.from({ length: seqsOfRead - some.length }, () => null);
      for (const row of bySeqs.all(...some, ...none) as DeliveryRow[]) cold.set(row.seq, newOf(row));
    }
    return cold;
  };
  const batchOf = (term: Term, unit: Unit, cold: ReadonlyMap<number, NewDelivery>): ClaimedBatch => {
    const found = unit.leases.map((lease): ClaimedDelivery | undefined => {
      const { item } = lease;
      const delivery = (item.data as NewDelivery | undefined) ?? cold.get(item.seq);
      if (delivery?.url === unit.endpoint.url) return claimedDelivery(lease, delivery);
      term.scheduler.forget([item], now());
      return undefined;
    });
    return claimedBatch(unit, found.every(isThere) ? found : found.filter(isThere));
  };
  const claim = async (request: ClaimRequest): Promise<readonly ClaimedBatch[]> => {
    writer.open();
    const term = await sending.held(request.leaseMs);
    if (term === undefined) return [];
    sending.catchUp();
    const expired = term.scheduler.expired(now());
    if (expired.length > 0) await bury(term, expired);
    const units = term.scheduler.claim(request, now());
    try {
      const cold = coldOf(units);
      return units.map((unit) => batchOf(term, unit, cold)).filter(({ deliveries }) => deliveries.length > 0);
    } catch (cause) {
      term.scheduler.takeBack(units, now());
      throw sqliteError(cause);
    }
  };
  const list = async (filter: DeliveryFilter, { after, limit }: PageRequest): Promise<Page<Delivery>> => {
    const size = pageSize(limit);
    let [last = 0] = readCursor(after, 1) ?? [];
    const found: DeliveryRow[] = [];
    for (;;) {
      const rows = await writer.read(() => rowsAfter.all(last) as DeliveryRow[]);
      found.push(...rows.filter((row) => deliveryFits(newOf(row), filter)));
      last = rows.at(-1)?.seq ?? last;
      if (found.length > size || rows.length < rowsOfTurn) break;
      await turn();
    }
    const leased = new Set([...(sending.term?.scheduler.leases() ?? [])].map(({ item }) => item.seq));
    return pageOf(
      found,
      size,
      (row) => deliveryOf(row, leased.has(row.seq)),
      ({ seq }) => cursorOf(seq),
    );
  };
  const states = async (): Promise<readonly EndpointState[]> => {
    const { term } = sending;
    if (term !== undefined) return term.scheduler.states(now());
    const known = new Map<string, EndpointState>();
    type CircuitRow = { readonly url: string; readonly failures: number; readonly open_until_ms: number };
    for (const row of await writer.read(() => openCircuits.all() as CircuitRow[])) {
      const circuit = { failures: row.failures, openUntilMs: row.open_until_ms };
      known.set(row.url, { url: row.url, circuit: circuitState(circuit, now()), ...circuit, pending: 0 });
    }
    for (let last = 0; ; ) {
      const rows = await writer.read(() => headsAfter.all(last) as { seq: number; head: string }[]);
      for (const { head } of rows) {
        const { url } = readHead(head);
        const state = known.get(url) ?? { url, circuit: "closed", ...closedCircuit, pending: 0 };
        known.set(url, { ...state, pending: state.pending + 1 });
      }
      last = rows.at(-1)?.seq ?? last;
      if (rows.length < rowsOfTurn) return [...known.values()];
      await turn();
    }
  };
  const stats = (): QueueStats => {
    sending.catchUp();
    const { pending } = sending.owner();
    if (sending.term !== undefined) {
      const { leased, ...known } = sending.term.scheduler.stats(now());
      return { ...known, pending: pending - leased, leased, dead: countDead() };
    }
    const { due_ms: dueMs } = (firstDue.get() as { readonly due_ms: number } | undefined) ?? { due_ms: now() + 1 };
    const oldestDueMs = dueMs <= now() ? dueMs : null;
    return { pending, leased: 0, dead: countDead(), oldestDueMs, openCircuits: openCircuits.all().length };
  };

  const queue: DeliveryQueue = {
    enqueue: (deliveries) => journal.enqueue(deliveries),
    claim,
    async heartbeat(deliveries, leaseMs) {
      writer.open();
      const term = sending.term === undefined ? undefined : await sending.held(leaseMs);
      return deliveries.map(({ fence }) => term?.scheduler.keep(fence, now() + leaseMs, now()) ?? false);
    },
    async settle(list, rule) {
      writer.open();
      const { term } = sending;
      if (term === undefined) return list.map(() => ({ result: "stale" }) as const);
      const plan = term.scheduler.plan(list, rule, now());
      if (plan.changes.length === 0) return plan.results;
      try {
        const written = await writer.write(() => {
          if (!sending.isLatest(term)) return undefined;
          const done = settlements.settle(plan, now());
          journal.recount(-done.ended);
          return done;
        });
        if (written === undefined) return list.map(() => ({ result: "stale" }) as const);
        for (const { lease } of plan.changes) sending.cool(term, lease.item);
        term.scheduler.apply(plan, now());
        term.scheduler.forget(written.lost, now());
      } catch (cause) {
        term.scheduler.undo(plan, now());
        throw cause;
      }
      wake();
      return plan.results;
    },
    nextDueMs: () =>
      writer.read(() => {
        sending.catchUp();
        if (sending.term !== undefined) return sending.term.scheduler.nextMs(now());
        const { pending, holder, until_ms: untilMs } = sending.owner();
        if (pending === 0) return undefined;
        return holder === null ? now() : untilMs;
      }),
    onWake(call) {
      listen();
      return wakes.add(call);
    },
    list: (filter = {}, page = {}) => list(filter, page),
    drop,
    dead,
    history: history.list,
    totals: history.totals,
    async endpoints({ after, limit } = {}) {
      writer.open();
      const size = pageSize(limit);
      const [last] = readCursor(after, 1) ?? [];
      const rows = (await states())
        .filter(({ url }) => last === undefined || byBytes(url, String(last)) > 0)
        .sort((one, other) => byBytes(one.url, other.url));
      return pageOf(
        rows,
        size,
        (state) => state,
        ({ url }) => cursorOf(url),
      );
    },
    async resetEndpoint(url) {
      await writer.write(() => {
        closeCircuit.run(url);
        sending.note("reset", url);
      });
      sending.term?.scheduler.setCircuit(url, closedCircuit, now());
      wake();
    },
    stats: () => writer.read(stats),
    async prune({ attemptsMs, deadMs }) {
      const attempts = attemptsMs === undefined ? 0 : await history.prune(attemptsMs);
      return attempts + (deadMs === undefined ? 0 : await pruneDead(deadMs));
    },
    restore,
  };
  return {
    ...sqliteBind(database, writer),
    subscriptions: sqliteSubscriptions(database, writer),
    queue,
    journal,
    close() {
      clearInterval(poll);
      sending.close();
    },
  };
}
