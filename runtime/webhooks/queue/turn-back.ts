import { waitingItems } from "./endpoint.js";
import type { Endpoint, Item, Lease } from "./item.js";

/** Smaller steps back of a clock are let be, in milliseconds. */
const leastMs = 1_000;

/**
 * Sees when a clock is set back, and moves what is due later by as much: otherwise everything would wait until the clock is
 * again where it was.
 */
export class TurnBack {
  #latestMs = Number.NEGATIVE_INFINITY;

  /**
   * Looks at the clock. All moments move by the same time, so that their order stays.
   *
   * @returns By how much it was set back, in milliseconds; 0 where it was not.
   */
  by(nowMs: number, endpoints: Iterable<Endpoint>, leases: Iterable<Lease>): number {
    const backMs = this.#latestMs - nowMs;
    this.#latestMs = nowMs;
    if (!(backMs >= leastMs) || backMs === Number.POSITIVE_INFINITY) return 0;
    const moved = new Set<Item>();
    for (const lease of leases) {
      lease.untilMs -= backMs;
      moved.add(lease.item);
    }
    for (const endpoint of endpoints) {
      for (const item of waitingItems(endpoint)) moved.add(item);
      move(endpoint, backMs);
    }
    for (const item of moved) item.dueMs -= backMs;
    return backMs;
  }
}

function move(endpoint: Endpoint, backMs: number): void {
  endpoint.readyMs -= backMs;
  endpoint.spentMs -= backMs;
  for (const group of endpoint.groups?.values() ?? []) group.lookMs -= backMs;
  const { openUntilMs, ...circuit } = endpoint.circuit;
  if (openUntilMs !== null) endpoint.circuit = { ...circuit, openUntilMs: openUntilMs - backMs };
}
