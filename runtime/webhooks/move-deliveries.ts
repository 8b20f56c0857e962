import { createHash } from "node:crypto";
import { type LaneOptions, type MovedKind, textOf } from "../state/move-lane.js";
import { everyPage } from "../state/page.js";
import type { Delivery } from "./delivery.js";
import type { DeliveryQueue } from "./delivery-queue.js";

type Standing = Pick<Delivery, "attempts" | "replays">;

/** What is kept of a delivery of the target. */
interface Known extends Standing {
  /** Digest of what it is, without whether it is under way. */
  readonly print: string;
}

/** Whether a delivery was replayed, or tried, oftener than it was elsewhere. */
export const isFurther = (one: Standing, other: Standing): boolean =>
  one.replays > other.replays || (one.replays === other.replays && one.attempts > other.attempts);

const pagesOf = (queue: DeliveryQueue) => everyPage((page) => queue.list({}, page));

const printOf = ({ state: _, ...delivery }: Delivery): string =>
  createHash("sha256")
    .update(String(textOf(delivery)))
    .digest("base64");

async function knownOf(queue: DeliveryQueue): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for await (const items of pagesOf(queue))
    for (const item of items)
      known.set(item.id, { print: printOf(item), attempts: item.attempts, replays: item.replays });
  return known;
}

/**
 * Copies the deliveries that wait. Lists of them have no order that two stores share, so that a digest of each delivery of
 * the target is held, a few hundred bytes.
 *
 * @returns What came of them, and where those of the target stand.
 * @throws AsapError as the queues do, and the reason of the signal.
 */
export async function moveDeliveries(
  from: DeliveryQueue,
  to: DeliveryQueue,
  { onProgress, signal }: LaneOptions<"deliveries">,
): Promise<MovedKind & { readonly waiting: ReadonlyMap<string, Standing> }> {
  const [total, earlier, { dead }] = await Promise.all([countOf(from), knownOf(to), to.stats()]);
  let done = 0;
  let written = 0;
  let kept = 0;
  for await (const items of pagesOf(from)) {
    signal?.throwIfAborted();
    const missing: Delivery[] = [];
    for (const item of items) {
      const known = earlier.get(item.id);
      if (known?.print === printOf(item)) continue;
      const there = known ?? (dead === 0 ? undefined : await to.dead.get(item.id));
      if (there !== undefined && isFurther(there, item)) kept += 1;
      else missing.push(item);
    }
    if (missing.length > 0) await to.restore({ deliveries: missing });
    done += items.length;
    written += missing.length;
    onProgress?.({ kind: "deliveries", total, done, written });
  }
  return { written, kept, ...(await compared(from, to, signal)) };
}

async function countOf(queue: DeliveryQueue): Promise<number> {
  const { pending, leased } = await queue.stats();
  return pending + leased;
}

async function compared(from: DeliveryQueue, to: DeliveryQueue, signal: AbortSignal | undefined) {
  const [source, found] = [createHash("sha256"), createHash("sha256")];
  const waiting = await knownOf(to);
  let count = 0;
  let both = 0;
  for await (const items of pagesOf(from)) {
    signal?.throwIfAborted();
    for (const item of items) {
      source.update(printOf(item));
      const match = waiting.get(item.id);
      if (match === undefined) continue;
      both += 1;
      found.update(match.print);
    }
    count += items.length;
  }
  const digests = { sourceDigest: source.digest("hex"), targetDigest: found.digest("hex") };
  return { count, extra: waiting.size - both, ...digests, waiting };
}
