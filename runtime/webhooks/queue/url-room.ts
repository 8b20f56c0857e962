import { AsapError } from "../../error.js";
import type { NewDelivery } from "../delivery.js";

/** Most deliveries for one URL that wait or are under way, where no other bound is given. */
export const mostPendingPerUrl = 10_000;

/**
 * The refusal of deliveries of which one URL would have too many; undefined where there is room for all.
 *
 * @param countOf How many a URL has.
 */
export function urlRefusal(
  deliveries: readonly Pick<NewDelivery, "url">[],
  maxPendingPerUrl: number,
  countOf: (url: string) => number,
): AsapError | undefined {
  const [only] = deliveries;
  if (only !== undefined && deliveries.length === 1) {
    const count = countOf(only.url);
    return count + 1 > maxPendingPerUrl ? urlFull(count, maxPendingPerUrl) : undefined;
  }
  const counts = new Map<string, number>();
  for (const { url } of deliveries) {
    const count = (counts.get(url) ?? countOf(url)) + 1;
    if (count > maxPendingPerUrl) return urlFull(countOf(url), maxPendingPerUrl);
    counts.set(url, count);
  }
  return undefined;
}

/** The refusal of more deliveries for one URL. */
export const urlFull = (pending: number, maxPendingPerUrl: number): AsapError =>
  new AsapError("asap:webhook/queue_full", {
    message: `${pending} webhook deliveries wait for one URL; the queue takes ${maxPendingPerUrl} for each.`,
    data: { pending, max_pending: maxPendingPerUrl },
  });
