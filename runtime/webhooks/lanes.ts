import type { ClaimedDelivery } from "./delivery.js";

/** Deliveries that travel in one request. */
export interface Shipment {
  readonly url: string;
  /** At least one, all of one subscription. */
  readonly deliveries: readonly ClaimedDelivery[];
}

/** What goes to one URL. */
export interface Lane {
  readonly url: string;
  /** How many requests may be under way; grows with success. */
  allowed: number;
  /** Whether the latest attempt found that the endpoint works. */
  isProven: boolean;
  underWay: number;
  /** Failures that the queue does not know of yet: nothing goes until it does, and says when. */
  unwritten: number;
  readonly waiting: Shipment[];
}

/** A shipment whose turn it is. */
export interface Departure {
  readonly lane: Lane;
  readonly shipment: Shipment;
  /** Whether it goes to an endpoint that is not known to work. */
  readonly isDoubtful: boolean;
}

/** Bounds of {@link Lanes}. */
export interface LaneOptions {
  /** Most requests under way. */
  readonly concurrency: number;
  /** Most requests under way to one URL. */
  readonly perEndpoint: number;
}

const mostLanes = 10_000;
/** Most shipments that wait, of all lanes. */
const mostWaiting = 10_000;
/** Share of the requests under way that may go to endpoints that are not known to work. */
const doubtfulShare = 0.75;

/**
 * What was taken from the queue and waits for its turn, URL by URL, in turns. An endpoint that answers slowly or not at all
 * holds up its own lane; all of those together cannot take every place, so that those that work are served meanwhile.
 */
export class Lanes {
  readonly #options: LaneOptions;
  readonly #mostDoubtful: number;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that could send, the one that waits longest first. */
  readonly #proven = new Set<Lane>();
  readonly #doubtful = new Set<Lane>();
  #underWay = 0;
  #doubtfulUnderWay = 0;
  #waiting = 0;
  #wasDoubtful = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#mostDoubtful = Math.max(1, Math.floor(options.concurrency * doubtfulShare));
  }

  /** Requests under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Shipments that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How many more requests could be under way; 0 where too much waits. */
  get free(): number {
    return this.#waiting >= mostWaiting ? 0 : this.#options.concurrency - this.#underWay;
  }

  /** How many more shipments to a URL are of use: those that may go and, where it is known to work, as many to follow. */
  room(url: string): number {
    const lane = this.#lanes.get(url);
    if (lane === undefined) return 1;
    if (lane.unwritten > 0) return 0;
    const wanted = lane.isProven ? 2 * lane.allowed : lane.allowed;
    return Math.max(0, wanted - lane.underWay - lane.waiting.length);
  }

  /** Told that attempts failed, before that is written. */
  failed(url: string, count: number): void {
    this.#laneOf(url).unwritten += count;
  }

  /** Told that a failed attempt was written. */
  written(url: string): void {
    const lane = this.#lanes.get(url);
    if (lane === undefined) return;
    lane.unwritten = Math.max(0, lane.unwritten - 1);
    this.#line(lane);
  }

  /**
   * Adds shipments to one URL.
   *
   * @param isProbe Whether only one may go, as nothing is known of the endpoint but that it did not work.
   * @returns Those that are too many.
   */
  add(url: string, shipments: readonly Shipment[], isProbe: boolean): readonly Shipment[] {
    const lane = this.#laneOf(url);
    if (isProbe) {
      lane.allowed = 1;
      lane.isProven = false;
    }
    const room = Math.max(0, 2 * this.#options.perEndpoint - lane.waiting.length);
    lane.waiting.push(...shipments.slice(0, room));
    this.#waiting += Math.min(room, shipments.length);
    this.#line(lane);
    return shipments.slice(room);
  }

  #laneOf(url: string): Lane {
    const known = this.#lanes.get(url);
    if (known !== undefined) return known;
    if (this.#lanes.size >= mostLanes) this.#forgetOne();
    const lane: Lane = { url, allowed: 1, isProven: false, underWay: 0, unwritten: 0, waiting: [] };
    this.#lanes.set(url, lane);
    return lane;
  }

  #forgetOne(): void {
    for (const [url, lane] of this.#lanes) {
      if (lane.underWay > 0 || lane.unwritten > 0 || lane.waiting.length > 0) continue;
      this.#lanes.delete(url);
      return;
    }
  }

  /** Puts a lane at the end of its row where it could send, and in none where it could not. */
  #line(lane: Lane): void {
    const isReady = lane.waiting.length > 0 && lane.underWay < lane.allowed && lane.unwritten === 0;
    const [own, other] = lane.isProven ? [this.#proven, this.#doubtful] : [this.#doubtful, this.#proven];
    other.delete(lane);
    if (isReady) own.add(lane);
    else own.delete(lane);
  }

  /** The shipment whose turn it is, which is under way from now on; undefined where none may go. */
  next(): Departure | undefined {
    if (this.#underWay >= this.#options.concurrency) return undefined;
    const mayDoubt = this.#doubtful.size > 0 && this.#doubtfulUnderWay < this.#mostDoubtful;
    const isDoubtful = mayDoubt && (this.#proven.size === 0 || !this.#wasDoubtful);
    const row = isDoubtful ? this.#doubtful : this.#proven;
    const [lane] = row;
    const shipment = lane?.waiting.shift();
    if (lane === undefined || shipment === undefined) return undefined;
    this.#wasDoubtful = isDoubtful;
    this.#waiting -= 1;
    this.#underWay += 1;
    if (isDoubtful) this.#doubtfulUnderWay += 1;
    lane.underWay += 1;
    row.delete(lane);
    this.#line(lane);
    return { lane, shipment, isDoubtful };
  }

  /**
   * Told that a request has ended.
   *
   * @param works Whether the endpoint works; undefined where nothing is known of it.
   * @returns What waited and is not to go now: the queue says when it goes on.
   */
  end({ lane, isDoubtful }: Departure, works: boolean | undefined): readonly Shipment[] {
    this.#underWay -= 1;
    if (isDoubtful) this.#doubtfulUnderWay -= 1;
    lane.underWay -= 1;
    if (works !== undefined) {
      lane.isProven = works;
      lane.allowed = works ? Math.min(this.#options.perEndpoint, lane.allowed * 2) : 1;
    }
    const left = works === false ? lane.waiting.splice(0) : [];
    this.#waiting -= left.length;
    this.#line(lane);
    return left;
  }

  /** Takes out all that waits. */
  clear(): readonly Shipment[] {
    const all: Shipment[] = [];
    for (const lane of this.#lanes.values()) {
      all.push(...lane.waiting.splice(0));
      this.#line(lane);
    }
    this.#waiting = 0;
    return all;
  }
}

/** Most characters of the bodies of one request, one body that is longer apart. */
const longestBatch = 1_048_576;

/** Splits what was claimed into requests: deliveries of a batch together, others each alone. */
export function shipmentsOf(url: string, deliveries: readonly ClaimedDelivery[]): readonly Shipment[] {
  const shipments: Shipment[] = [];
  const open = new Map<string, { readonly batch: ClaimedDelivery[]; length: number }>();
  for (const delivery of deliveries) {
    const { subscriptionId, batchSize, body } = delivery;
    const known = batchSize > 1 ? open.get(subscriptionId) : undefined;
    if (known !== undefined && known.batch.length < batchSize && known.length + body.length <= longestBatch) {
      known.batch.push(delivery);
      known.length += body.length;
      continue;
    }
    const batch = [delivery];
    shipments.push({ url, deliveries: batch });
    if (batchSize > 1) open.set(subscriptionId, { batch, length: body.length });
  }
  return shipments;
}
