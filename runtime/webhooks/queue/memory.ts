import { invalidOption } from "../../invalid-option.js";
import { byBytes, cursorOf, pageOf, pageSize, readCursor } from "../../state/page.js";
import type { DeadLetter, Delivery, NewDelivery } from "../delivery.js";
import type { DeliveryQueue } from "../delivery-queue.js";
import { checkedDelivery, deadFits, deliveryFits, expiredReason, newDeliveryOf, queueFull } from "../records.js";
import type { WebhookStore, WebhookStoreOptions } from "../webhook-store.js";
import { closedCircuit } from "./circuit.js";
import { attemptOf, claimedBatch, claimedDelivery } from "./claims.js";
import type { Item } from "./item.js";
import { MemoryHistory } from "./memory-history.js";
import { memorySubscriptions } from "./memory-subscriptions.js";
import { checkedAgent, checkOwner } from "./owner.js";
import { Scheduler } from "./scheduler.js";
import { mostPendingPerUrl, urlRefusal } from "./url-room.js";
import { Wakes } from "./wake.js";

/** Options of {@link memoryWebhooks}. */
export interface MemoryWebhookOptions extends WebhookStoreOptions {
  /** Most attempts that are remembered, the latest. Default: 10,000. */
  readonly maxAttempts?: number;
  /** Most dead letters that are kept, the latest. Default: 10,000. */
  readonly maxDead?: number;
}

/** A {@link WebhookStore} in memory, and what joins it to the changes of tasks. */
export interface MemoryWebhooks extends WebhookStore {
  /**
   * Queues deliveries at once, all or none.
   *
   * @param isBounded Whether a full queue refuses them. Default: it does.
   * @throws AsapError `asap:webhook/queue_full`, `asap:state/invalid_record`.
   */
  add(deliveries: readonly NewDelivery[], isBounded?: boolean): readonly ("added" | "exists")[];
}

interface Kept {
  readonly delivery: NewDelivery;
  /** HTTP status of the last attempt. */
  status: number;
}

const keptOf = ({ data }: Item): Kept => data as Kept;

/**
 * Makes a store of webhooks that forgets with the process. History and dead letters are bounded.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function memoryWebhooks(options: MemoryWebhookOptions = {}, open: () => void = () => {}): MemoryWebhooks {
  const { maxPending = 1_000_000, maxAttempts = 10_000, maxDead = 10_000, now = Date.now } = options;
  const { maxPendingPerUrl = mostPendingPerUrl } = options;
  for (const [name, value] of Object.entries({ maxPending, maxPendingPerUrl, maxAttempts, maxDead }))
    if (!Number.isSafeInteger(value) || value < 1) throw invalidOption(name, "must be a whole number from 1");
  const scheduler = new Scheduler();
  const wakes = new Wakes();
  const items = new Map<string, Item>();
  const dead = new Map<string, DeadLetter>();
  const history = new MemoryHistory(maxAttempts);
  let seq = 0;
  let owner: string | undefined;

  const put = (delivery: NewDelivery, dueMs: number, attempts = 0, replays = 0) => {
    const kept: Kept = { delivery, status: 0 };
    const item = scheduler.add({ seq: seq++, dueMs, attempts, replays, delivery }, kept, now());
    items.set(delivery.id, item);
  };
  const bury = (item: Item, reason: string, status: number) => {
    const { delivery } = keptOf(item);
    items.delete(delivery.id);
    keepDead({ ...delivery, attempts: item.attempts, replays: item.replays, diedMs: now(), reason, status });
  };
  const keepDead = (letter: DeadLetter) => {
    dead.delete(letter.id);
    dead.set(letter.id, letter);
    if (dead.size > maxDead) dead.delete(dead.keys().next().value as string);
  };
  const checkRoom = (count: number) => {
    if (scheduler.count + count > maxPending) throw queueFull(scheduler.count, maxPending);
  };
  const add = (deliveries: readonly NewDelivery[], isBounded = true): readonly ("added" | "exists")[] => {
    open();
    for (const one of deliveries) checkedDelivery(one);
    const fresh = new Map<string, NewDelivery>();
    const outcomes = deliveries.map((one) => {
      if (items.has(one.id) || dead.has(one.id) || fresh.has(one.id)) return "exists";
      fresh.set(one.id, newDeliveryOf(one));
      return "added";
    });
    if (isBounded) {
      checkRoom(fresh.size);
      const refusal = urlRefusal([...fresh.values()], maxPendingPerUrl, (url) => scheduler.countOf(url));
      if (refusal !== undefined) throw refusal;
    }
    for (const one of fresh.values()) put(one, now());
    wakes.wake();
    return outcomes;
  };
  const buryExpired = () => {
    const expired = scheduler.expired(now());
    for (const item of expired) bury(item, expiredReason, keptOf(item).status);
    scheduler.end(expired, now());
  };

  const queue: DeliveryQueue = {
    enqueue: async (deliveries) => add(deliveries),
    async claim(request) {
      open();
      buryExpired();
      return scheduler.claim(request, now()).map((unit) =>
        claimedBatch(
          unit,
          unit.leases.map((lease) => claimedDelivery(lease, keptOf(lease.item).delivery)),
        ),
      );
    },
    async heartbeat(deliveries, leaseMs) {
      open();
      return deliveries.map(({ fence }) => scheduler.keep(fence, now() + leaseMs, now()));
    },
    async settle(settlements, circuit) {
      open();
      const plan = scheduler.plan(settlements, circuit, now());
      for (const { lease, settlement } of plan.changes) {
        const { outcome, facts } = settlement;
        const attempt = attemptOf(settlement);
        if (attempt !== undefined) history.add(attempt);
        const kept = keptOf(lease.item);
        kept.status = facts?.status ?? kept.status;
        if (outcome.kind === "dead") bury(lease.item, outcome.reason, kept.status);
        else if (outcome.kind === "delivered") items.delete(kept.delivery.id);
      }
      scheduler.apply(plan, now());
      wakes.wake();
      return plan.results;
    },
    async nextDueMs() {
      open();
      return scheduler.nextMs(now());
    },
    onWake: (call) => wakes.add(call),
    async list(filter = {}, { after, limit } = {}) {
      open();
      const size = pageSize(limit);
      const [last = -1] = readCursor(after, 1) ?? [];
      const leased = new Set([...scheduler.leases()].map(({ item }) => item));
      const rows: Item[] = [];
      for (const item of [...items.values()].sort((one, other) => one.seq - other.seq)) {
        if (item.seq <= Number(last) || !deliveryFits(keptOf(item).delivery, filter)) continue;
        if (rows.push(item) > size) break;
      }
      const deliveryOf = (item: Item): Delivery => ({
        ...keptOf(item).delivery,
        state: leased.has(item) ? "leased" : "pending",
        attempts: item.attempts,
        replays: item.replays,
        dueMs: item.dueMs,
      });
      return pageOf(rows, size, deliveryOf, (item) => cursorOf(item.seq));
    },
    async drop(subscriptionId) {
      open();
      const gone = [...scheduler.waiting()].filter((item) => keptOf(item).delivery.subscriptionId === subscriptionId);
      for (const item of gone) items.delete(keptOf(item).delivery.id);
      scheduler.end(gone, now());
      return gone.length;
    },
    dead: {
      async list(filter = {}, { after, limit } = {}) {
        open();
        const last = readCursor(after, 2);
        const order = (one: readonly (string | number)[], other: readonly (string | number)[]) =>
          Number(other[0]) - Number(one[0]) || byBytes(String(one[1]), String(other[1]));
        const placeOf = ({ diedMs, id }: DeadLetter) => [diedMs, id] as const;
        const rows = [...dead.values()]
          .filter((letter) => deadFits(letter, filter))
          .filter((letter) => last === undefined || order(placeOf(letter), last) > 0)
          .sort((one, other) => order(placeOf(one), placeOf(other)));
        return pageOf(
          rows,
          pageSize(limit),
          (letter) => ({ ...letter }),
          (letter) => cursorOf(...placeOf(letter)),
        );
      },
      async get(id) {
        open();
        const letter = dead.get(id);
        return letter && { ...letter };
      },
      async replay(ids, dueMs = []) {
        open();
        checkRoom(new Set(ids.filter((id) => dead.has(id))).size);
        const outcomes = ids.map((id, index) => {
          const letter = dead.get(id);
          if (letter === undefined) return false;
          dead.delete(id);
          put({ ...newDeliveryOf(letter), expiresMs: null }, dueMs[index] ?? now(), 0, letter.replays + 1);
          return true;
        });
        wakes.wake();
        return outcomes;
      },
      async delete(ids) {
        open();
        return ids.map((id) => dead.delete(id));
      },
    },
    async history(filter = {}, page = {}) {
      open();
      return history.list(filter, page);
    },
    async totals(filter = {}) {
      open();
      return history.totals(filter);
    },
    async endpoints({ after, limit } = {}) {
      open();
      const [last] = readCursor(after, 1) ?? [];
      const states = scheduler
        .states(now())
        .filter(({ url }) => last === undefined || byBytes(url, String(last)) > 0)
        .sort((one, other) => byBytes(one.url, other.url));
      return pageOf(
        states,
        pageSize(limit),
        (state) => state,
        ({ url }) => cursorOf(url),
      );
    },
    async resetEndpoint(url) {
      open();
      scheduler.setCircuit(url, closedCircuit, now());
      wakes.wake();
    },
    async stats() {
      open();
      return { ...scheduler.stats(now()), dead: dead.size };
    },
    async prune({ attemptsMs, deadMs }) {
      open();
      let gone = attemptsMs === undefined ? 0 : history.prune(attemptsMs);
      for (const { id, diedMs } of dead.values())
        if (deadMs !== undefined && diedMs < deadMs && dead.delete(id)) gone += 1;
      return gone;
    },
    async restore({ deliveries = [], dead: letters = [], attempts = [] }) {
      open();
      for (const one of [...deliveries, ...letters]) checkedDelivery(one);
      const replaced = [...deliveries, ...letters].map(({ id }) => id);
      scheduler.forget(
        replaced.flatMap((id) => items.get(id) ?? []),
        now(),
      );
      for (const id of replaced) {
        items.delete(id);
        dead.delete(id);
      }
      for (const one of deliveries) put(newDeliveryOf(one), one.dueMs, one.attempts, one.replays);
      for (const letter of letters) keepDead({ ...letter });
      history.restore(attempts);
      wakes.wake();
    },
  };
  const bind = async (agent: string) => {
    open();
    checkedAgent(agent);
    owner ??= agent;
    checkOwner(agent, owner);
  };
  const agent = async () => {
    open();
    return owner;
  };
  return { bind, agent, subscriptions: memorySubscriptions(open), queue, add };
}
