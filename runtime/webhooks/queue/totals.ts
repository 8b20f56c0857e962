import type { Attempt } from "../delivery.js";
import type { EndpointTotals } from "../delivery-queue.js";
import { errorName } from "../records.js";

type Sums = { -readonly [Name in keyof EndpointTotals]: EndpointTotals[Name] } & { errors: Record<string, number> };

const newSums = (url: string): Sums => ({
  url,
  attempts: 0,
  delivered: 0,
  failed: 0,
  retries: 0,
  dead: 0,
  elapsedMs: 0,
  errors: {},
});

/** Counts attempts per URL. */
export class Totals {
  readonly #sums = new Map<string, Sums>();

  add(attempt: Attempt): void {
    const known = this.#sums.get(attempt.url);
    const sums = known ?? newSums(attempt.url);
    if (known === undefined) this.#sums.set(attempt.url, sums);
    sums.attempts += 1;
    sums.elapsedMs += attempt.elapsedMs;
    if (attempt.attempt > 1) sums.retries += 1;
    if (attempt.outcome === "delivered") {
      sums.delivered += 1;
      return;
    }
    sums.failed += 1;
    if (attempt.outcome === "dead") sums.dead += 1;
    const name = errorName(attempt);
    sums.errors[name] = (sums.errors[name] ?? 0) + 1;
  }

  /** What it came to, the most attempts first. */
  list(): readonly EndpointTotals[] {
    return [...this.#sums.values()].sort((one, other) => other.attempts - one.attempts);
  }
}
