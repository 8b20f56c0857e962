import { isAsapError } from "../error.js";
import type { Log } from "../observe/log.js";
import type { ClaimedBatch, Settlement } from "./delivery.js";
import type { CircuitRule, DeliveryQueue, Rate, Settled } from "./delivery-queue.js";
import { type Departure, Lanes, type Parcel, type Shipment, shipmentsOf } from "./lanes.js";
import { type DeliveryRetryPlan, verdictOf, waitMs } from "./outcome.js";
import { Roster } from "./roster.js";
import type { Sent } from "./sender.js";
import { Settling } from "./settling.js";
import { shownUrl } from "./target.js";

/** What a {@link Worker} works with. */
export interface WorkerOptions {
  readonly queue: DeliveryQueue;
  /** Name of this process among those that send. */
  readonly owner: string;
  /**
   * Sends a shipment; a fault of the network or the receiver is a result. Gives the reason why nothing is sent any more,
   * where there is one. Rejects where the store does not answer.
   */
  readonly send: (shipment: Shipment) => Promise<Sent | { readonly refused: string }>;
  /** Ends the requests under way, as `asap:transport/aborted`. */
  readonly cut: () => void;
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

/** Longest wait for a hint that something is due, in milliseconds; as long nothing is taken after the store failed. */
const longestSleepMs = 1_000;
/** First wait where something is due but was not to be had, in milliseconds; it doubles. */
const firstIdleMs = 10;
/** Share of the requests under way that is taken beyond those there is a place for, so that a claim is not made for each. */
const shareAhead = 0.5;
/** Longest wait for what was cut off, in milliseconds. */
const cutMs = 5_000;

/** What came of a parcel. */
interface ParcelSettlement extends Settlement {
  readonly parcel: Parcel;
  /** Whether it shows that an endpoint does not work: nothing goes there until it is written. One of each request. */
  readonly isFailure: boolean;
}

/** Takes deliveries from a queue, has them sent and writes what came of it, until it is closed. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #lanes: Lanes;
  readonly #settling: Settling<ParcelSettlement>;
  /** What is this worker's. */
  readonly #held = new Roster<Parcel>();
  #state: "new" | "open" | "closed" = "new";
  #closing: Promise<void> | undefined;
  #isAwake = false;
  #isClaiming = false;
  #isKeeping = false;
  /** Until when nothing is taken, as the store failed. */
  #restUntil = 0;
  #idleMs = firstIdleMs;
  /** How many endpoints the latest claim served. */
  #endpoints = 1;
  #sleep: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #unwake: (() => void) | undefined;
  #onIdle: () => void = () => {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options);
    const { queue, circuit, leaseMs, log } = options;
    this.#settling = new Settling({
      queue,
      circuit,
      leaseMs,
      log,
      onSettled: (settlement, settled) => {
        this.#held.remove(settlement.parcel);
        if (settlement.isFailure) this.#goOn(settlement.delivery.url);
        if (settled !== undefined) options.onSettled(settlement, settled);
      },
      onIdle: () => this.#tellIfIdle(),
    });
  }

  /** Requests under way. */
  get underWay(): number {
    return this.#lanes.underWay;
  }

  /** Begins to work, once. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "open";
    this.#unwake = this.#options.queue.onWake(() => this.#wake());
    this.#beat = setInterval(() => void this.#keep(), this.#options.leaseMs / 3).unref();
    this.#wake();
  }

  /**
   * Takes nothing more, gives back what was not begun and waits for what was; what is under way after that is cut off and
   * due again at once.
   *
   * @param drainMs Longest wait, in milliseconds.
   */
  close(drainMs: number): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    if (!wasOpen) return;
    clearTimeout(this.#sleep);
    this.#unwake?.();
    this.#release(this.#lanes.clear());
    await this.#idle(drainMs);
    this.#settling.hurry();
    this.#options.cut();
    await this.#idle(cutMs);
    clearInterval(this.#beat);
  }

  #isIdle(): boolean {
    return this.#lanes.underWay === 0 && !this.#isClaiming && this.#settling.isIdle;
  }

  #tellIfIdle(): void {
    if (this.#isIdle()) this.#onIdle();
  }

  #idle(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isIdle()) return resolve();
      const timer = setTimeout(resolve, ms);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Takes what is due at the end of this turn of the event loop. */
  #wake(): void {
    this.#isAwake = true;
    this.#idleMs = firstIdleMs;
    if (this.#isClaiming || this.#state !== "open") return;
    if (this.#restMs > 0) {
      this.#sleepFor(this.#restMs);
      return;
    }
    this.#isClaiming = true;
    clearTimeout(this.#sleep);
    setImmediate(() => void this.#claim());
  }

  #sleepFor(ms: number): void {
    if (this.#state !== "open") return;
    clearTimeout(this.#sleep);
    this.#sleep = setTimeout(() => {
      const idleMs = this.#idleMs;
      this.#wake();
      this.#idleMs = idleMs;
    }, ms).unref();
  }

  /** How long nothing is taken, in milliseconds. */
  get #restMs(): number {
    return this.#restUntil - performance.now();
  }

  #rest(): void {
    this.#restUntil = performance.now() + longestSleepMs;
  }

  async #claim(): Promise<void> {
    try {
      while (this.#isAwake && this.#state === "open" && this.#lanes.free > 0 && this.#restMs <= 0) {
        this.#isAwake = false;
        const heldSince = performance.now();
        const batches = await this.#options.queue.claim(this.#request());
        this.#endpoints = Math.max(1, new Set(batches.map(({ url }) => url)).size);
        for (const batch of batches) this.#take(batch, heldSince);
        this.#depart();
        if (batches.length > 0) this.#isAwake = true;
        else if (!this.#isAwake) await this.#sleepUntilDue();
      }
      if (this.#restMs > 0) this.#sleepFor(this.#restMs);
    } catch (error) {
      this.#options.log.error?.("asap.webhook.queue_unavailable", { error });
      this.#rest();
      this.#sleepFor(longestSleepMs);
    } finally {
      this.#isClaiming = false;
      this.#tellIfIdle();
    }
  }

  #request() {
    const { owner, leaseMs, endpointRate, globalRate, circuit, concurrency, perEndpoint } = this.#options;
    const wanted = this.#lanes.free + Math.ceil(concurrency * shareAhead);
    return {
      owner,
      maxEndpoints: wanted,
      perEndpoint: Math.min(perEndpoint, Math.ceil((2 * wanted) / this.#endpoints)),
      room: (url: string) => this.#lanes.room(url),
      leaseMs,
      endpointRate,
      globalRate,
      circuit,
    };
  }

  async #sleepUntilDue(): Promise<void> {
    const dueMs = await this.#options.queue.nextDueMs();
    const untilDueMs = dueMs === undefined ? longestSleepMs : dueMs - this.#options.now();
    if (untilDueMs <= 0) this.#idleMs = Math.min(longestSleepMs, this.#idleMs * 2);
    if (!this.#isAwake) this.#sleepFor(Math.min(longestSleepMs, untilDueMs > 0 ? untilDueMs : this.#idleMs));
  }

  #take({ url, deliveries, isProbe }: ClaimedBatch, heldSince: number): void {
    const parcels = deliveries.map((delivery): Parcel => ({ delivery, heldSince, place: -1 }));
    for (const parcel of parcels) this.#held.add(parcel);
    const shipments = shipmentsOf(url, parcels);
    this.#release(this.#state === "open" ? this.#lanes.add(url, shipments, isProbe) : shipments);
  }

  #depart(): void {
    if (this.#state !== "open") return;
    for (let departure = this.#lanes.next(); departure !== undefined; departure = this.#lanes.next())
      void this.#ship(departure);
  }

  async #ship(departure: Departure): Promise<void> {
    const shipment = this.#inTime(departure.shipment);
    const works = shipment.parcels.length === 0 ? undefined : await this.#post(shipment);
    setImmediate(this.#end, departure, works);
  }

  /** Frees the place of a request in the turn of the event loop after it: its connection is free then, too. */
  readonly #end = (departure: Departure, works: boolean | undefined): void => {
    this.#release(this.#lanes.end(departure, works));
    this.#depart();
    this.#wake();
    this.#tellIfIdle();
  };

  /** What is this worker's for half a lease at least; what is not, as no renewal came in time, is given back. */
  #inTime(shipment: Shipment): Shipment {
    const { url, parcels } = shipment;
    const late = parcels.filter((each) => !this.#isHeld(each, this.#options.leaseMs / 2));
    if (late.length === 0) return shipment;
    this.#release([{ url, parcels: late }]);
    return { url, parcels: parcels.filter((each) => !late.includes(each)) };
  }

  /** Whether a delivery is still this worker's for some time, who may have been paused. */
  #isHeld(parcel: Parcel, forMs = 0): boolean {
    const leftMs = parcel.heldSince + this.#options.leaseMs - performance.now();
    if (leftMs <= 0) this.#lose(parcel);
    return leftMs > forMs;
  }

  #lose(parcel: Parcel): void {
    parcel.heldSince = Number.NEGATIVE_INFINITY;
    this.#held.remove(parcel);
  }

  #settle({ parcels }: Shipment, outcome: Settlement["outcome"]): void {
    for (const parcel of parcels) this.#settling.push({ parcel, delivery: parcel.delivery, outcome, isFailure: false });
  }

  /** @returns Whether the endpoint works; undefined where nothing is known of it. */
  async #post(shipment: Shipment): Promise<boolean | undefined> {
    const { send, log, now, random, plan } = this.#options;
    try {
      const sent = await send(shipment);
      if (!("refused" in sent)) return this.#judge(shipment, sent);
      this.#settle(shipment, { kind: "dead", reason: sent.refused });
    } catch (error) {
      log.error?.("asap.webhook.not_sent", { url: shownUrl(shipment.url), error });
      this.#rest();
      if (isAsapError(error) && error.code === "asap:state/unavailable") {
        this.#release([shipment]);
        return undefined;
      }
      const chance = random();
      for (const parcel of shipment.parcels) {
        const atMs = now() + waitMs(parcel.delivery.attempt, plan, chance);
        this.#settle({ url: shipment.url, parcels: [parcel] }, { kind: "retry", atMs });
      }
    }
    return undefined;
  }

  /** What came of each delivery; the first alone tells of the endpoint, as there was one request. */
  #judge({ url, parcels }: Shipment, sent: Sent): boolean {
    const { plan, now, random, onGone } = this.#options;
    const nowMs = now();
    const chance = random();
    let works = false;
    let isFirst = true;
    for (const parcel of parcels) {
      const { delivery } = parcel;
      const { outcome, endpoint, isGone } = verdictOf(sent, delivery.attempt, plan, nowMs, chance);
      works = endpoint === "works";
      const isFailure = isFirst && !works;
      if (isFailure) this.#lanes.failed(url, 1);
      if (isFirst && endpoint !== undefined)
        this.#settling.push({ parcel, delivery, outcome, facts: sent, endpoint, isFailure });
      else this.#settling.push({ parcel, delivery, outcome, facts: sent, isFailure });
      if (isGone) onGone(delivery.subscriptionId);
      isFirst = false;
    }
    return works;
  }

  /** Goes on with an endpoint as the queue knows by now how it fares. */
  #goOn(url: string): void {
    this.#lanes.written(url);
    this.#depart();
    this.#wake();
  }

  #release(shipments: readonly Shipment[]): void {
    for (const { url, parcels } of shipments)
      this.#settle({ url, parcels: parcels.filter((each) => this.#isHeld(each)) }, { kind: "release" });
  }

  /** Keeps what takes long for another lease. */
  async #keep(): Promise<void> {
    if (this.#isKeeping || this.#held.size === 0) return;
    this.#isKeeping = true;
    const { queue, leaseMs, log } = this.#options;
    const since = performance.now();
    const held = [...this.#held];
    try {
      const kept = await queue.heartbeat(
        held.map(({ delivery }) => delivery),
        leaseMs,
      );
      for (const [index, parcel] of held.entries()) {
        if (kept[index] !== true) this.#lose(parcel);
        else if (parcel.place >= 0) parcel.heldSince = since;
      }
    } catch (error) {
      log.error?.("asap.webhook.queue_unavailable", { error });
    } finally {
      this.#isKeeping = false;
    }
  }
}
