import { type Lane, type LaneOptions, type LaneProgress, type MovedKind, moveLane } from "../state/move-lane.js";
import { byBytes, everyPage } from "../state/page.js";
import type { Attempt, DeadLetter } from "./delivery.js";
import { isFurther, moveDeliveries } from "./move-deliveries.js";
import type { SubscriptionRecord } from "./subscription-store.js";
import type { WebhookStore } from "./webhook-store.js";

/** Kinds of records of webhooks that move. */
export type WebhookKind = "subscriptions" | "deliveries" | "dead" | "history";

/** How far a move is. */
export type WebhookMoveProgress = LaneProgress<WebhookKind>;

/** Options of {@link moveWebhooks}. */
export type WebhookMoveOptions = LaneOptions<WebhookKind>;

const subscriptions: Lane<WebhookStore, SubscriptionRecord, WebhookKind> = {
  kind: "subscriptions",
  pages: (store) => everyPage((page) => store.subscriptions.list({}, page)),
  async write(store, items) {
    await store.subscriptions.restore(items);
    return items.length;
  },
  compare: (one, other) => one.createdMs - other.createdMs || byBytes(one.id, other.id),
  isNewer: (target, source) => target.version >= source.version,
};

/**
 * The pages of a list that is in the order of a moment, with the records of each moment in one order for every store.
 *
 * @param compare Below 0 where the first of two comes first; those of different moments are in the order of the list.
 */
async function* inOneOrder<Item>(
  pages: AsyncIterable<readonly Item[]>,
  momentOf: (item: Item) => number,
  compare: (one: Item, other: Item) => number,
): AsyncGenerator<readonly Item[]> {
  let held: Item[] = [];
  for await (const items of pages) {
    const all = [...held, ...items];
    const last = all.at(-1);
    const whole = last === undefined ? 0 : all.findIndex((item) => momentOf(item) === momentOf(last));
    held = all.slice(whole);
    if (whole > 0) yield all.slice(0, whole).sort(compare);
  }
  if (held.length > 0) yield held.sort(compare);
}

const byDeath = (one: DeadLetter, other: DeadLetter): number => other.diedMs - one.diedMs || byBytes(one.id, other.id);

/** @param waiting Where deliveries of the target stand that wait there. */
const deadLetters = (waiting: Waiting): Lane<WebhookStore, DeadLetter, WebhookKind> => ({
  kind: "dead",
  pages: (store) =>
    inOneOrder(
      everyPage((page) => store.queue.dead.list({}, page)),
      ({ diedMs }) => diedMs,
      byDeath,
    ),
  async write(store, items) {
    const older: DeadLetter[] = [];
    for (const letter of items) {
      const there = waiting.get(letter.id) ?? (await store.queue.dead.get(letter.id));
      if (there === undefined || !isFurther(there, letter)) older.push(letter);
    }
    if (older.length > 0) await store.queue.restore({ dead: older });
    return older.length;
  },
  compare: byDeath,
  isNewer: isFurther,
});

type Waiting = Awaited<ReturnType<typeof moveDeliveries>>["waiting"];

function byBeginning(one: Attempt, other: Attempt): number {
  const later = other.startedMs - one.startedMs || byBytes(one.deliveryId, other.deliveryId);
  return later || one.replays - other.replays || one.attempt - other.attempt;
}

const history: Lane<WebhookStore, Attempt, WebhookKind> = {
  kind: "history",
  pages: (store) =>
    inOneOrder(
      everyPage((page) => store.queue.history({}, page)),
      ({ startedMs }) => startedMs,
      byBeginning,
    ),
  async write(store, items) {
    await store.queue.restore({ attempts: items });
    return items.length;
  },
  compare: byBeginning,
  isNewer: () => true,
};

/**
 * Copies subscriptions, deliveries that wait, dead letters and the history of attempts from one store to another, and
 * compares both afterwards. What the target has already is not written again, so that a move that was interrupted goes on
 * where it was. What is further in the target stays as it is: a subscription that changed there, and a delivery that was
 * tried or replayed oftener there. Secrets are copied as they are stored: whoever
 * reads them needs the same keys. Circuits and rates are not moved. Nothing else may write to either store meanwhile.
 *
 * @returns What came of each kind; the move is complete where both digests are equal. Those of deliveries leave out whether
 * one is under way.
 * @throws AsapError as the stores do, and the reason of the signal.
 */
export async function moveWebhooks(
  from: WebhookStore,
  to: WebhookStore,
  options: WebhookMoveOptions = {},
): Promise<Readonly<Record<WebhookKind, MovedKind>>> {
  const moved = { subscriptions: await moveLane(subscriptions, from, to, options) };
  const { waiting, ...deliveries } = await moveDeliveries(from.queue, to.queue, options);
  const dead = await moveLane(deadLetters(waiting), from, to, options);
  return { ...moved, deliveries, dead, history: await moveLane(history, from, to, options) };
}
