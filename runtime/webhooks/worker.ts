import type { Log } from "../observe/log.js";
import type { ClaimedBatch, ClaimedDelivery, Outcome, Settlement } from "./delivery.js";
import type { CircuitRule, DeliveryQueue, Rate, Settled } from "./delivery-queue.js";
import { type DeliveryRetryPlan, verdictOf } from "./outcome.js";
import type { Sent } from "./sender.js";

/** Deliveries that travel in one request. */
export interface Shipment {
  readonly url: string;
  /** At least one, all of one subscription. */
  readonly deliveries: readonly ClaimedDelivery[];
}

/** What a {@link Worker} works with. */
export interface WorkerOptions {
  readonly queue: DeliveryQueue;
  /** Name of this process among those that send. */
  readonly owner: string;
  /**
   * Sends a shipment; a fault of the network or the receiver is a result. Gives the reason why nothing is sent any more,
   * where there is one.
   */
  readonly send: (shipment: Shipment) => Promise<Sent | { readonly refused: string }>;
  readonly plan: DeliveryRetryPlan;
  readonly circuit: CircuitRule;
  readonly endpointRate: Rate | undefined;
  readonly globalRate: Rate | undefined;
  /** Most requests under way. */
  readonly concurrency: number;
  /** Most requests under way to one URL. */
  readonly perEndpoint: number;
  readonly leaseMs: number;
  readonly log: Log;
  readonly now: () => number;
  /** A number from 0 up to 1, as `Math.random` gives. */
  readonly random: () => number;
  /** Told of every attempt that was written. */
  readonly onSettled: (settlement: Settlement, settled: Settled) => void;
  /** Told that the receiver of a subscription wants no more (410). */
  readonly onGone: (subscriptionId: string) => void;
}

/** What goes to one URL. */
interface Lane {
  readonly url: string;
  /** How many requests may be under way; grows with success. */
  allowed: number;
  underWay: number;
  waiting: Shipment[];
}

/** Longest wait for a hint that something is due, in milliseconds. */
const longestSleepMs = 1_000;
const mostLanes = 10_000;
/** Most settlements of one transaction. */
const largestSettlement = 1_000;

/** Takes deliveries from a queue, has them sent and writes what came of it, until it is closed. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #held = new Set<ClaimedDelivery>();
  #underWay = 0;
  #waiting = 0;
  #settlements: Settlement[] = [];
  #settling: Promise<void> | undefined;
  #isClaiming = false;
  #isAwake = false;
  #isClosed = true;
  #sleep: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #unwake: (() => void) | undefined;
  #idle: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Requests under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Begins to work. */
  start(): void {
    if (!this.#isClosed) return;
    this.#isClosed = false;
    this.#unwake = this.#options.queue.onWake(() => this.#wake());
    this.#beat = setInterval(() => this.#keep(), this.#options.leaseMs / 3).unref();
    this.#wake();
  }

  /**
   * Takes nothing more, gives back what was not begun and waits for what was.
   *
   * @param drainMs Longest wait, in milliseconds.
   */
  async close(drainMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#sleep);
    this.#unwake?.();
    for (const lane of this.#lanes.values()) this.#giveBack(lane);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#restIfIdle();
    });
    clearInterval(this.#beat);
    await this.#settling;
  }

  #wake(): void {
    clearTimeout(this.#sleep);
    this.#sleep = undefined;
    this.#isAwake = true;
    if (!this.#isClaiming) void this.#claim();
  }

  async #claim(): Promise<void> {
    const { queue, owner, leaseMs, endpointRate, globalRate, circuit, concurrency, perEndpoint, log } = this.#options;
    this.#isClaiming = true;
    try {
      while (this.#isAwake && !this.#isClosed) {
        const free = concurrency - this.#underWay - this.#waiting;
        if (free <= 0) return;
        this.#isAwake = false;
        const request = { owner, maxEndpoints: free, perEndpoint, leaseMs, endpointRate, globalRate, circuit };
        const batches = await queue.claim(request);
        for (const batch of batches) this.#take(batch);
        if (batches.length > 0) this.#isAwake = true;
        else if (!this.#isAwake) await this.#sleepUntilDue();
      }
    } catch (error) {
      log.error?.("asap.webhook.queue_unavailable", { error });
      this.#sleepFor(longestSleepMs);
    } finally {
      this.#isClaiming = false;
    }
  }

  async #sleepUntilDue(): Promise<void> {
    const dueMs = await this.#options.queue.nextDueMs();
    const waitMs = dueMs === undefined ? longestSleepMs : dueMs - this.#options.now();
    if (!this.#isAwake) this.#sleepFor(Math.min(longestSleepMs, Math.max(1, waitMs)));
  }

  #sleepFor(ms: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#sleep);
    this.#sleep = setTimeout(() => this.#wake(), ms);
    this.#sleep.unref();
  }

  #take({ url, deliveries, isProbe }: ClaimedBatch): void {
    const lane = this.#laneOf(url);
    if (isProbe) lane.allowed = 1;
    for (const delivery of deliveries) this.#held.add(delivery);
    for (const shipment of shipmentsOf(url, deliveries)) {
      lane.waiting.push(shipment);
      this.#waiting += 1;
    }
    if (this.#isClosed) this.#giveBack(lane);
    this.#advance(lane);
  }

  #laneOf(url: string): Lane {
    const known = this.#lanes.get(url);
    if (known !== undefined) return known;
    if (this.#lanes.size >= mostLanes) {
      for (const [name, lane] of this.#lanes) {
        if (lane.underWay > 0 || lane.waiting.length > 0) continue;
        this.#lanes.delete(name);
        break;
      }
    }
    const lane: Lane = { url, allowed: 2, underWay: 0, waiting: [] };
    this.#lanes.set(url, lane);
    return lane;
  }

  #advance(lane: Lane): void {
    while (lane.underWay < lane.allowed && this.#underWay < this.#options.concurrency) {
      const shipment = lane.waiting.shift();
      if (shipment === undefined) return;
      this.#waiting -= 1;
      this.#underWay += 1;
      lane.underWay += 1;
      void this.#ship(lane, shipment);
    }
  }

  async #ship(lane: Lane, shipment: Shipment): Promise<void> {
    const { send, log } = this.#options;
    try {
      const sent = await send(shipment);
      if ("refused" in sent) this.#settle(shipment, { kind: "dead", reason: sent.refused });
      else this.#judge(lane, shipment, sent);
    } catch (error) {
      log.error?.("asap.webhook.not_sent", { url: shipment.url, error });
      this.#settle(shipment, { kind: "retry", atMs: this.#options.now() + this.#options.plan.baseMs });
    }
    lane.underWay -= 1;
    this.#underWay -= 1;
    this.#advance(lane);
    this.#wake();
    this.#restIfIdle();
  }

  #judge(lane: Lane, { deliveries }: Shipment, sent: Sent): void {
    const { plan, now, random, perEndpoint, onGone } = this.#options;
    const nowMs = now();
    const chance = random();
    let works = false;
    for (const delivery of deliveries) {
      const { outcome, endpoint, isGone } = verdictOf(sent, delivery.attempt, plan, nowMs, chance);
      works = endpoint === "works";
      this.#push({ delivery, outcome, facts: sent, ...(endpoint !== undefined && { endpoint }) });
      if (isGone) onGone(delivery.subscriptionId);
    }
    lane.allowed = works ? Math.min(perEndpoint, lane.allowed * 2) : 1;
    if (!works) this.#giveBack(lane);
  }

  /** Gives back what was not begun: the queue says when it goes on. */
  #giveBack(lane: Lane): void {
    this.#waiting -= lane.waiting.length;
    for (const shipment of lane.waiting.splice(0)) this.#settle(shipment, { kind: "release" });
  }

  #settle({ deliveries }: Shipment, outcome: Outcome): void {
    for (const delivery of deliveries) this.#push({ delivery, outcome });
  }

  #push(settlement: Settlement): void {
    this.#settlements.push(settlement);
    this.#settling ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#flush());
  }

  async #flush(): Promise<void> {
    const { queue, circuit, log, onSettled, leaseMs } = this.#options;
    for (let waitMs = 50; this.#settlements.length > 0; ) {
      const batch = this.#settlements.slice(0, largestSettlement);
      try {
        const settled = await queue.settle(batch, circuit);
        this.#settlements.splice(0, batch.length);
        for (const [index, settlement] of batch.entries()) {
          this.#held.delete(settlement.delivery);
          onSettled(settlement, settled[index] ?? { result: "stale" });
        }
        waitMs = 50;
      } catch (error) {
        log.error?.("asap.webhook.queue_unavailable", { error });
        if (waitMs > leaseMs) {
          for (const { delivery } of this.#settlements.splice(0)) this.#held.delete(delivery);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        waitMs *= 2;
      }
    }
    this.#settling = undefined;
    this.#restIfIdle();
  }

  /** Keeps what takes long for another lease. */
  #keep(): void {
    const held = [...this.#held];
    if (held.length === 0) return;
    this.#options.queue.heartbeat(held, this.#options.leaseMs).catch((error: unknown) => {
      this.#options.log.error?.("asap.webhook.queue_unavailable", { error });
    });
  }

  #restIfIdle(): void {
    if (this.#isClosed && this.#underWay === 0 && this.#settlements.length === 0 && !this.#isClaiming) this.#idle();
  }
}

/** Splits what was claimed into requests: deliveries of a batch together, others each alone. */
function shipmentsOf(url: string, deliveries: readonly ClaimedDelivery[]): readonly Shipment[] {
  const shipments: { url: string; deliveries: ClaimedDelivery[] }[] = [];
  const open = new Map<string, ClaimedDelivery[]>();
  for (const delivery of deliveries) {
    const { subscriptionId, batchSize } = delivery;
    const batch = batchSize > 1 ? open.get(subscriptionId) : undefined;
    if (batch !== undefined && batch.length < batchSize) {
      batch.push(delivery);
      continue;
    }
    const alone = [delivery];
    shipments.push({ url, deliveries: alone });
    if (batchSize > 1) open.set(subscriptionId, alone);
  }
  return shipments;
}
