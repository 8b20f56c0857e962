import { setTimeout as wait } from "node:timers/promises";
import { invalidOption } from "../invalid-option.js";
import { everyPage } from "../state/page.js";
import type { DeliveryFilter, DeliveryQueue } from "./delivery-queue.js";

/** How far a replay is. */
export interface ReplayProgress {
  readonly total: number;
  /** Dead letters looked at so far. */
  readonly done: number;
  /** Dead letters that are queued again. */
  readonly replayed: number;
}

/** Options of {@link replayDead}. */
export interface ReplayOptions {
  /** Most deliveries that become due in a second, from 1 to 10,000. Default: 100. */
  readonly perSecond?: number;
  /** Ends the replay between two parts; what was queued again stays so. */
  readonly signal?: AbortSignal;
  /** Told after every part. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** What came of a replay. */
export interface Replayed {
  /** Dead letters that are queued again. */
  readonly replayed: number;
  /** Ids of which there was no dead letter. */
  readonly missing: readonly string[];
  /** Dead letters that were not looked at, as the signal ended the replay. */
  readonly left: number;
}

/** Most dead letters of one part. */
const most = 500;

/**
 * Queues dead letters again with the ids they have, spread over time. One is taken from the dead letters as it is queued,
 * in one step, so that a replay that was interrupted and is made again queues none of them twice.
 *
 * @param ids Which, in the order in which they are to be sent; each counts once.
 * @throws AsapError `asap:config/invalid_option`, and as `DeadLetters.replay` does; earlier parts stay queued then.
 */
export async function replayDead(
  queue: Pick<DeliveryQueue, "dead">,
  ids: readonly string[],
  { perSecond = 100, signal, onProgress }: ReplayOptions = {},
): Promise<Replayed> {
  if (!(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 10_000))
    throw invalidOption("perSecond", "must be a whole number from 1 to 10,000");
  const wanted = [...new Set(ids)];
  const missing: string[] = [];
  const size = Math.min(most, perSecond);
  const beganAt = performance.now();
  let done = 0;
  for (; done < wanted.length; ) {
    const aheadMs = (done * 1_000) / perSecond - (performance.now() - beganAt);
    if (aheadMs > 0) await wait(aheadMs, undefined, signal && { signal }).catch(() => {});
    if (signal?.aborted === true) break;
    const part = wanted.slice(done, done + size);
    const nowMs = Date.now();
    const dueMs = part.map((_, index) => Math.floor(nowMs + (index * 1_000) / perSecond));
    const found = await queue.dead.replay(part, dueMs);
    missing.push(...part.filter((_, index) => found[index] !== true));
    done += part.length;
    onProgress?.({ total: wanted.length, done, replayed: done - missing.length });
  }
  return { replayed: done - missing.length, missing, left: wanted.length - done };
}

/**
 * Ids of the dead letters that fit, those that were given up first before others, so that those of one key keep their
 * order.
 *
 * @throws AsapError as a `DeliveryQueue` does.
 */
export async function deadIds(queue: Pick<DeliveryQueue, "dead">, filter: DeliveryFilter): Promise<readonly string[]> {
  const found: { readonly id: string; readonly diedMs: number; readonly createdMs: number }[] = [];
  for await (const letters of everyPage((page) => queue.dead.list(filter, page)))
    for (const { id, diedMs, createdMs } of letters) found.push({ id, diedMs, createdMs });
  found.sort(
    (one, other) => one.diedMs - other.diedMs || one.createdMs - other.createdMs || (one.id < other.id ? -1 : 1),
  );
  return found.map(({ id }) => id);
}
