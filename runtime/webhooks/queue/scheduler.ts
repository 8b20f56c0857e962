import type { Settlement } from "../delivery.js";
import type { CircuitRule, ClaimRequest, EndpointState, QueueStats, Rate } from "../delivery-queue.js";
import { spent, tokenMs, unspent } from "./bucket.js";
import type { Circuit } from "./circuit.js";
import {
  endItem,
  giveBack,
  groupOf,
  lineOf,
  makeDue,
  newEndpoint,
  takeOut,
  takeUnit,
  waitingItems,
  workMs,
} from "./endpoint.js";
import { figuresOf, statesOf } from "./figures.js";
import { Heap } from "./heap.js";
import type { Endpoint, Entry, Expiry, Item, Lease, Unit } from "./item.js";
import { Leases } from "./leases.js";
import { planOf, type SettlementPlan } from "./settlement-plan.js";
import { TurnBack } from "./turn-back.js";

/** Most endpoints without deliveries whose state is remembered. */
const mostIdle = 10_000;

/**
 * Decides which deliveries go next. It knows nothing of storage, and the time is handed in: what it is asked takes
 * effect at once, in memory.
 */
export class Scheduler {
  readonly #endpoints = new Map<string, Endpoint>();
  /** Endpoints that may be served, the one served longest ago first. */
  readonly #ready = new Heap<Endpoint>((one, other) => one.served < other.served);
  /** Endpoints that may be served later. */
  readonly #later = new Heap<Endpoint>((one, other) => one.readyMs < other.readyMs);
  readonly #idle = new Set<Endpoint>();
  readonly #leases = new Leases();
  readonly #expiries = new Heap<Expiry>((one, other) => one.atMs < other.atMs);
  #endpointRate: Rate | undefined;
  #globalRate: Rate | undefined;
  #spentMs = 0;
  readonly #turnBack = new TurnBack();
  #turn = 0;
  #fence: number;
  #count = 0;

  /** @param firstFence The first of its fences; those after it are larger. */
  constructor(firstFence = 1) {
    this.#fence = firstFence;
  }

  /** Deliveries that wait or are under way. */
  get count(): number {
    return this.#count;
  }

  /** Deliveries for a URL that wait or are under way. */
  countOf(url: string): number {
    return this.#endpoints.get(url)?.count ?? 0;
  }

  /**
   * Adds a delivery; those of one key in the order of their queueing.
   *
   * @param data What the engine keeps with it.
   */
  add({ seq, dueMs, attempts, replays, delivery }: Entry, data: unknown, nowMs: number): Item {
    const { url, expiresMs, batchSize, batchMs, orderKey } = delivery;
    const endpoint = this.#endpointOf(url);
    const line = orderKey === null ? undefined : lineOf(endpoint, orderKey);
    const group = batchSize > 1 ? groupOf(endpoint, delivery.subscriptionId, batchSize, batchMs) : undefined;
    const expiry = expiresMs === null ? undefined : { atMs: expiresMs, place: -1, item: undefined as never };
    const standing = "due";
    const item: Item = { seq, endpoint, line, group, expiry, dueMs, attempts, replays, standing, data, place: -1 };
    if (expiry !== undefined) {
      (expiry as { item: Item }).item = item;
      this.#expiries.push(expiry);
    }
    endpoint.count += 1;
    this.#count += 1;
    if (line !== undefined && line.items.push(item) - 1 > line.head) item.standing = "behind";
    else makeDue(item);
    this.#arrange(endpoint, nowMs);
    return item;
  }

  #endpointOf(url: string): Endpoint {
    const known = this.#endpoints.get(url);
    if (known !== undefined) {
      if (known.count === 0) this.#idle.delete(known);
      return known;
    }
    const endpoint = newEndpoint(url, this.#turn);
    this.#endpoints.set(url, endpoint);
    return endpoint;
  }

  /** Puts an endpoint where it belongs after something of it changed. */
  #arrange(endpoint: Endpoint, nowMs: number): void {
    const readyMs = this.#readyMs(endpoint);
    const isReady = readyMs <= nowMs;
    if (endpoint.place >= 0) {
      if (endpoint.isReady && isReady) return;
      if (!endpoint.isReady && !isReady && readyMs !== Number.POSITIVE_INFINITY) {
        if (readyMs === endpoint.readyMs) return;
        endpoint.readyMs = readyMs;
        this.#later.move(endpoint);
        return;
      }
      (endpoint.isReady ? this.#ready : this.#later).remove(endpoint);
    }
    endpoint.readyMs = readyMs;
    endpoint.isReady = isReady;
    if (isReady) this.#ready.push(endpoint);
    else if (readyMs !== Number.POSITIVE_INFINITY) this.#later.push(endpoint);
    if (endpoint.count === 0) this.#rest(endpoint, nowMs);
  }

  #readyMs(endpoint: Endpoint): number {
    const { circuit, trials, spentMs } = endpoint;
    if (circuit.openUntilMs !== null && trials > 0) return Number.POSITIVE_INFINITY;
    return Math.max(workMs(endpoint), circuit.openUntilMs ?? 0, tokenMs(spentMs, this.#endpointRate));
  }

  /** Forgets an endpoint without deliveries, unless its state matters. */
  #rest(endpoint: Endpoint, nowMs: number): void {
    if (endpoint.circuit.failures === 0 && endpoint.spentMs <= nowMs) {
      this.#endpoints.delete(endpoint.url);
      return;
    }
    this.#idle.add(endpoint);
    if (this.#idle.size <= mostIdle) return;
    const [oldest] = this.#idle;
    if (oldest === undefined) return;
    this.#idle.delete(oldest);
    this.#endpoints.delete(oldest.url);
  }

  /** Takes leases back that are over, and looks which endpoints may be served by now. */
  #advance(nowMs: number): void {
    this.#spentMs -= this.#turnBack.by(nowMs, this.#endpoints.values(), this.#leases);
    for (let lease = this.#leases.first; lease !== undefined && lease.untilMs <= nowMs; ) {
      this.#letGo(lease);
      giveBack(lease.item);
      this.#arrange(lease.item.endpoint, nowMs);
      lease = this.#leases.first;
    }
    for (let endpoint = this.#later.peek(); endpoint !== undefined && endpoint.readyMs <= nowMs; ) {
      this.#arrange(endpoint, nowMs);
      endpoint = this.#later.peek();
    }
  }

  #letGo(lease: Lease): void {
    this.#leases.delete(lease);
    const { expiry } = lease.item;
    if (expiry !== undefined && expiry.place < 0) this.#expiries.push(expiry);
    const { unit } = lease;
    if (!unit.isProbe || unit.leases.some(({ fence }) => this.#leases.get(fence) !== undefined)) return;
    unit.endpoint.trials -= 1;
  }

  /**
   * Takes out what expired and waits, to be written; {@link end} ends it, {@link giveBack} puts it back.
   */
  expired(nowMs: number): readonly Item[] {
    this.#advance(nowMs);
    const items: Item[] = [];
    for (let expiry = this.#expiries.peek(); expiry !== undefined && expiry.atMs <= nowMs; ) {
      this.#expiries.remove(expiry);
      const { item } = expiry;
      if (item.standing === "due") takeOut(item);
      if (item.standing !== "held") {
        item.standing = "held";
        items.push(item);
        this.#arrange(item.endpoint, nowMs);
      }
      expiry = this.#expiries.peek();
    }
    return items;
  }

  /** Takes what is due. */
  claim(request: ClaimRequest, nowMs: number): readonly Unit[] {
    const { endpointRate, globalRate, maxEndpoints, perEndpoint } = request;
    this.#useRates(endpointRate, globalRate, nowMs);
    this.#advance(nowMs);
    this.#turn += 1;
    const units: Unit[] = [];
    const looked: Endpoint[] = [];
    for (let served = 0; served < maxEndpoints && tokenMs(this.#spentMs, globalRate) <= nowMs; ) {
      const endpoint = this.#ready.pop();
      if (endpoint === undefined) break;
      looked.push(endpoint);
      const most = Math.min(perEndpoint, request.room?.(endpoint.url) ?? perEndpoint);
      if (this.#serve(endpoint, most, request.leaseMs, nowMs, units)) served += 1;
    }
    for (const endpoint of looked) this.#arrange(endpoint, nowMs);
    return units;
  }

  #serve(endpoint: Endpoint, most: number, leaseMs: number, nowMs: number, units: Unit[]): boolean {
    const isProbe = endpoint.circuit.openUntilMs !== null;
    const unitsBefore = units.length;
    const isFree = () =>
      tokenMs(endpoint.spentMs, this.#endpointRate) <= nowMs && tokenMs(this.#spentMs, this.#globalRate) <= nowMs;
    for (let count = 0; count < (isProbe ? Math.min(1, most) : most) && isFree(); count += 1) {
      const items = takeUnit(endpoint, nowMs);
      if (items === undefined) break;
      endpoint.served = this.#turn;
      endpoint.spentMs = spent(endpoint.spentMs, this.#endpointRate, nowMs);
      this.#spentMs = spent(this.#spentMs, this.#globalRate, nowMs);
      units.push(this.#lend(endpoint, items, isProbe, nowMs + leaseMs));
    }
    return units.length > unitsBefore;
  }

  #lend(endpoint: Endpoint, items: readonly Item[], isProbe: boolean, untilMs: number): Unit {
    const unit: Unit = { endpoint, isProbe, leases: [], isJudged: false, isReturned: false };
    if (isProbe) endpoint.trials += 1;
    unit.leases = items.map((item): Lease => {
      item.standing = "held";
      item.attempts += 1;
      const [fence, attempt] = [this.#fence++, item.attempts];
      const place = { row: undefined, before: undefined, after: undefined };
      const lease = { item, fence, attempt, untilMs, unit, isSettling: false, ...place };
      this.#leases.add(lease);
      return lease;
    });
    return unit;
  }

  #useRates(endpointRate: Rate | undefined, globalRate: Rate | undefined, nowMs: number): void {
    this.#globalRate = globalRate;
    const was = this.#endpointRate;
    if (was?.perMinute === endpointRate?.perMinute && was?.burst === endpointRate?.burst) return;
    this.#endpointRate = endpointRate;
    for (const endpoint of this.#endpoints.values()) this.#arrange(endpoint, nowMs);
  }

  /** The claim with a fence, where it still holds. */
  held(fence: number, nowMs: number): Lease | undefined {
    const lease = this.#leases.get(fence);
    const isHeld = lease !== undefined && !lease.isSettling && lease.untilMs > nowMs;
    return isHeld ? lease : undefined;
  }

  /** All claims, those that are over included. */
  leases(): Iterable<Lease> {
    return this.#leases;
  }

  /** Keeps a claim. @returns Whether it still held. */
  keep(fence: number, untilMs: number, nowMs: number): boolean {
    const lease = this.#leases.get(fence);
    if (lease === undefined || (!lease.isSettling && lease.untilMs <= nowMs)) return false;
    this.#leases.prolong(lease, untilMs);
    return true;
  }

  /**
   * Plans settlements and keeps their claims until {@link apply} does what was planned, or {@link undo} gives it up. What
   * they say of the circuits holds from now on.
   */
  plan(settlements: readonly Settlement[], rule: CircuitRule, nowMs: number): SettlementPlan {
    const plan = planOf(settlements, (fence) => this.held(fence, nowMs), rule, nowMs);
    for (const [endpoint, { next }] of plan.circuits) endpoint.circuit = next;
    for (const { lease, settlement } of plan.changes) {
      if (settlement.endpoint !== undefined) lease.unit.isJudged = true;
      this.#leases.suspend(lease);
    }
    for (const endpoint of plan.circuits.keys()) this.#arrange(endpoint, nowMs);
    return plan;
  }

  /** Does what was planned. */
  apply({ changes }: SettlementPlan, nowMs: number): void {
    for (const { lease, settlement } of changes) {
      const { item, fence } = lease;
      if (this.#leases.get(fence) !== lease) continue;
      const { outcome } = settlement;
      this.#letGo(lease);
      if (outcome.kind === "release") this.#release(lease);
      else if (outcome.kind === "retry") {
        item.dueMs = outcome.atMs;
        giveBack(item);
      } else this.#end(item);
      this.#arrange(item.endpoint, nowMs);
    }
  }

  #release({ item, unit }: Lease): void {
    item.attempts -= 1;
    this.#putBack(unit);
    giveBack(item);
  }

  /** Takes back what was claimed and did not get to who asked for it. */
  takeBack(units: readonly Unit[], nowMs: number): void {
    for (const lease of units.flatMap(({ leases }) => leases)) {
      if (this.#leases.get(lease.fence) !== lease) continue;
      this.#letGo(lease);
      this.#release(lease);
      this.#arrange(lease.item.endpoint, nowMs);
    }
  }

  /** Puts the tokens of a request back that was not sent. */
  #putBack(unit: Unit): void {
    if (unit.isReturned || unit.isJudged) return;
    unit.isReturned = true;
    unit.endpoint.spentMs = unspent(unit.endpoint.spentMs, this.#endpointRate);
    this.#spentMs = unspent(this.#spentMs, this.#globalRate);
  }

  /** Gives a plan up: its claims end when they would have, and it says nothing of the circuits. */
  undo({ changes, circuits }: SettlementPlan, nowMs: number): void {
    for (const [endpoint, { was, next }] of circuits) {
      if (endpoint.circuit !== next) continue;
      endpoint.circuit = was;
      this.#arrange(endpoint, nowMs);
    }
    for (const { lease, settlement } of changes) {
      if (this.#leases.get(lease.fence) !== lease) continue;
      if (settlement.endpoint !== undefined) lease.unit.isJudged = false;
      this.#leases.resume(lease);
    }
  }

  #end(item: Item): void {
    if (item.expiry !== undefined && item.expiry.place >= 0) this.#expiries.remove(item.expiry);
    endItem(item);
    this.#count -= 1;
  }

  /** Ends items that wait, or that were taken out. */
  end(items: Iterable<Item>, nowMs: number): void {
    for (const item of items) {
      if (item.standing === "ended") continue;
      if (item.standing === "due") takeOut(item);
      this.#end(item);
      this.#arrange(item.endpoint, nowMs);
    }
  }

  /** Forgets items, those in somebody's hands too, whose claims are lost. */
  forget(items: Iterable<Item>, nowMs: number): void {
    const gone = [...items];
    const held = new Set(gone.filter(({ standing }) => standing === "held"));
    if (held.size > 0) for (const lease of this.#leases) if (held.has(lease.item)) this.#letGo(lease);
    this.end(gone, nowMs);
  }

  /** Puts items back that were taken out. */
  giveBack(items: Iterable<Item>, nowMs: number): void {
    for (const item of items) {
      giveBack(item);
      if (item.expiry !== undefined && item.expiry.place < 0) this.#expiries.push(item.expiry);
      this.#arrange(item.endpoint, nowMs);
    }
  }

  /** All items that wait, endpoint by endpoint. */
  *waiting(): Generator<Item> {
    for (const endpoint of this.#endpoints.values()) yield* waitingItems(endpoint);
  }

  /** When something is due next, in milliseconds since 1970; undefined where nothing waits. */
  nextMs(nowMs: number): number | undefined {
    this.#advance(nowMs);
    const expiryMs = this.#expiries.peek()?.atMs ?? Number.POSITIVE_INFINITY;
    const workAt = this.#ready.size > 0 ? nowMs : (this.#later.peek()?.readyMs ?? Number.POSITIVE_INFINITY);
    const next = Math.min(expiryMs, Math.max(workAt, tokenMs(this.#spentMs, this.#globalRate)));
    return next === Number.POSITIVE_INFINITY ? undefined : Math.ceil(next);
  }

  /** Sets the circuit of an endpoint. */
  setCircuit(url: string, circuit: Circuit, nowMs: number): void {
    const endpoint = this.#endpointOf(url);
    endpoint.circuit = circuit;
    this.#arrange(endpoint, nowMs);
  }

  /** How endpoints fare that have something waiting or a circuit that is not closed. */
  states(nowMs: number): readonly EndpointState[] {
    this.#advance(nowMs);
    return statesOf(this.#endpoints.values(), nowMs);
  }

  /** How much waits and is under way, and since when. */
  stats(nowMs: number): Omit<QueueStats, "dead"> {
    this.#advance(nowMs);
    const leased = this.#leases.size;
    return { pending: this.#count - leased, leased, ...figuresOf(this.#endpoints.values(), nowMs) };
  }
}
