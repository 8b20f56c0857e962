import { isAsapError } from "../error.js";
import type { Log } from "../observe/log.js";
import type { Settlement } from "./delivery.js";
import type { CircuitRule, DeliveryQueue, Settled } from "./delivery-queue.js";

/** What {@link Settling} works with. */
export interface SettlingOptions<One extends Settlement> {
  readonly queue: Pick<DeliveryQueue, "settle">;
  readonly circuit: CircuitRule;
  /** How long it is tried to write what came of an attempt; its claim is over then. */
  readonly leaseMs: number;
  readonly log: Log;
  /** Told of every settlement that was written, and that was given up (undefined). */
  readonly onSettled: (settlement: One, settled: Settled | undefined) => void;
  /** Told that nothing is left to write. */
  readonly onIdle: () => void;
}

/** Most settlements of one transaction. */
const most = 1_000;
const firstWaitMs = 50;
/**
 * Time between two transactions, as a multiple of what the last one took, and its bounds in milliseconds: what comes
 * meanwhile goes into the next, so that under load writing takes a small share of the time, on a slow disk too.
 */
const gatherTimes = 40;
const leastGatherMs = 10;
const mostGatherMs = 50;
/** How long it is tried on when the process ends, in milliseconds. */
const hurriedMs = 1_000;

/** Writes what came of attempts, those of one turn of the event loop together, until it is written or too late. */
export class Settling<One extends Settlement> {
  readonly #options: SettlingOptions<One>;
  #waiting: One[] = [];
  #isWriting = false;
  #isHurried = false;
  /** When the next transaction may begin, as `performance.now` counts. */
  #gatherUntil = Number.NEGATIVE_INFINITY;
  #gathering: NodeJS.Timeout | undefined;
  #wakeUp: (() => void) | undefined;

  constructor(options: SettlingOptions<One>) {
    this.#options = options;
  }

  /** Whether nothing is left to write. */
  get isIdle(): boolean {
    return !this.#isWriting && this.#waiting.length === 0;
  }

  /** Adds a settlement. */
  push(settlement: One): void {
    this.#waiting.push(settlement);
    const isUrgent = settlement.outcome.kind !== "delivered";
    if (this.#isWriting && !(isUrgent && this.#gathering !== undefined)) return;
    this.#isWriting = true;
    this.#schedule(isUrgent);
  }

  /** Writes at the end of this turn, or a little later where nobody waits for it. */
  #schedule(isUrgent: boolean): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const leftMs = this.#gatherUntil - performance.now();
    const write = () => {
      this.#gathering = undefined;
      void this.#write();
    };
    if (isUrgent || this.#isHurried || leftMs <= 0) setImmediate(write);
    else this.#gathering = setTimeout(write, Math.ceil(leftMs));
  }

  /** Tries no longer than a moment from now on. */
  hurry(): void {
    this.#isHurried = true;
    this.#wakeUp?.();
  }

  async #write(): Promise<void> {
    const { queue, circuit, log } = this.#options;
    let size = most;
    let since: number | undefined;
    for (let waitMs = firstWaitMs; this.#waiting.length > 0; ) {
      const batch = this.#waiting.slice(0, size);
      const beganAt = performance.now();
      try {
        const settled = await queue.settle(batch, circuit);
        const gatherMs = (performance.now() - beganAt) * gatherTimes;
        this.#gatherUntil = beganAt + Math.min(mostGatherMs, Math.max(leastGatherMs, gatherMs));
        this.#done(batch, (index) => settled[index] ?? { result: "stale" });
        if (size === most && this.#waiting.length > 0 && this.#waiting.length < most) {
          this.#schedule(this.#waiting.some(({ outcome }) => outcome.kind !== "delivered"));
          return;
        }
        [size, since, waitMs] = [most, undefined, firstWaitMs];
      } catch (error) {
        log.error?.("asap.webhook.not_settled", { deliveries: batch.length, error });
        since ??= performance.now();
        const code = isAsapError(error) ? error.code : undefined;
        const isAway = code === "asap:state/unavailable";
        const isOver = code === "asap:state/closed" || performance.now() - since >= this.#limitMs();
        if (isOver || (!isAway && size === 1)) this.#done(isOver ? this.#waiting.slice() : batch, () => undefined);
        else if (!isAway) size = 1;
        else await this.#pause(waitMs);
        waitMs = Math.min(waitMs * 2, 1_000);
      }
    }
    this.#isWriting = false;
    this.#options.onIdle();
  }

  #limitMs(): number {
    const { leaseMs } = this.#options;
    return this.#isHurried ? Math.min(hurriedMs, leaseMs) : leaseMs;
  }

  #done(batch: readonly One[], settledOf: (index: number) => Settled | undefined): void {
    this.#waiting.splice(0, batch.length);
    for (const [index, settlement] of batch.entries()) {
      try {
        this.#options.onSettled(settlement, settledOf(index));
      } catch (error) {
        this.#options.log.error?.("asap.webhook.listener_failed", { error });
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
