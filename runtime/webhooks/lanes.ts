import type { ClaimedDelivery } from "./delivery.js";
import type { Placed } from "./queue/heap.js";
import { type InRow, Row } from "./row.js";

/** A delivery in this worker's hands. */
export interface Parcel extends Placed {
  readonly delivery: ClaimedDelivery;
  /** When it was last certain that the claim holds, as `performance.now` counts. */
  heldSince: number;
}

/** Parcels that travel in one request. */
export interface Shipment {
  readonly url: string;
  /** At least one, all of one subscription. */
  readonly parcels: readonly Parcel[];
}

/** What goes to one origin: its URLs share their connections. */
interface Origin {
  readonly name: string;
  underWay: number;
  doubtfulUnderWay: number;
  /** Shipments that wait. */
  waiting: number;
  /** Lanes of it. */
  lanes: number;
  /** Lanes that could send but for want of a connection, the one that waits longest first. */
  readonly proven: Row<Lane>;
  readonly doubtful: Row<Lane>;
}

/** What goes to one URL. */
export interface Lane extends InRow<Lane> {
  readonly url: string;
  readonly origin: Origin;
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

/**
 * Most requests under way to one origin, and so most connections to it: a request that began never waits for a connection.
 *
 * @param perEndpoint Most requests under way to one URL.
 */
export const mostPerOrigin = (perEndpoint: number): number => Math.max(perEndpoint, 64);

const mostLanes = 10_000;
/** Most shipments that wait, of all lanes. */
const mostWaiting = 10_000;
/** Shipments to one origin from which on no more are asked for. */
const mostWaitingPerOrigin = 1_000;
/** Share of the requests under way, of all and of one origin, that may go to endpoints that are not known to work. */
const doubtfulShare = 0.75;

/**
 * What was taken from the queue and waits for its turn, URL by URL, in turns. An endpoint that answers slowly or not at all
 * holds up its own lane; all of those together cannot take every place, so that those that work are served meanwhile. A
 * shipment goes once there is a connection for it: see {@link mostPerOrigin}.
 */
export class Lanes {
  readonly #options: LaneOptions;
  readonly #mostDoubtful: number;
  readonly #perOrigin: number;
  readonly #doubtfulPerOrigin: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #origins = new Map<string, Origin>();
  /** Lanes that could send, the one that waits longest first. */
  readonly #proven = new Row<Lane>();
  readonly #doubtful = new Row<Lane>();
  #underWay = 0;
  #doubtfulUnderWay = 0;
  #waiting = 0;
  #wasDoubtful = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#mostDoubtful = Math.max(1, Math.floor(options.concurrency * doubtfulShare));
    this.#perOrigin = mostPerOrigin(options.perEndpoint);
    this.#doubtfulPerOrigin = Math.floor(this.#perOrigin * doubtfulShare);
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
    const origin = lane?.origin ?? this.#origins.get(originOf(url));
    if (origin !== undefined && origin.waiting >= mostWaitingPerOrigin) return 0;
    if (lane === undefined) return 1;
    if (lane.unwritten > 0) return 0;
    const wanted = lane.isProven ? 2 * lane.allowed : lane.allowed;
    return Math.max(0, wanted - lane.underWay - lane.waiting.length);
  }

  /** Told that attempts failed, before that is written. */
  failed(url: string, count: number): void {
    const lane = this.#laneOf(url);
    lane.unwritten += count;
    this.#line(lane);
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
    const taken = shipments.length <= room ? shipments : shipments.slice(0, room);
    lane.waiting.push(...taken);
    this.#count(lane, taken.length);
    this.#line(lane);
    return taken === shipments ? [] : shipments.slice(room);
  }

  #laneOf(url: string): Lane {
    const known = this.#lanes.get(url);
    if (known !== undefined) return known;
    if (this.#lanes.size >= mostLanes) this.#forgetOne();
    const origin = this.#originOf(originOf(url));
    origin.lanes += 1;
    const lane: Lane = {
      url,
      origin,
      row: undefined,
      before: undefined,
      after: undefined,
      allowed: 1,
      isProven: false,
      underWay: 0,
      unwritten: 0,
      waiting: [],
    };
    this.#lanes.set(url, lane);
    return lane;
  }

  #originOf(name: string): Origin {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const origin: Origin = {
      name,
      underWay: 0,
      doubtfulUnderWay: 0,
      waiting: 0,
      lanes: 0,
      proven: new Row(),
      doubtful: new Row(),
    };
    this.#origins.set(name, origin);
    return origin;
  }

  #count({ origin }: Lane, more: number): void {
    this.#waiting += more;
    origin.waiting += more;
  }

  #forgetOne(): void {
    for (const [url, lane] of this.#lanes) {
      if (lane.underWay > 0 || lane.unwritten > 0 || lane.waiting.length > 0) continue;
      this.#lanes.delete(url);
      lane.origin.lanes -= 1;
      if (lane.origin.lanes === 0) this.#origins.delete(lane.origin.name);
      return;
    }
  }

  /** Puts a lane at the end of its row where it could send, and in none where it could not. */
  #line(lane: Lane): void {
    const from = lane.row;
    const row = this.#rowOf(lane);
    if (row === from) return;
    from?.remove(lane);
    row?.push(lane);
    if (from === this.#proven || from === this.#doubtful) this.#callUp(lane.origin);
  }

  #rowOf(lane: Lane): Row<Lane> | undefined {
    const { origin, isProven } = lane;
    if (lane.waiting.length === 0 || lane.underWay >= lane.allowed || lane.unwritten > 0) return undefined;
    if (this.#isFull(origin, isProven)) return isProven ? origin.proven : origin.doubtful;
    return isProven ? this.#proven : this.#doubtful;
  }

  #isFull({ underWay, doubtfulUnderWay }: Origin, isProven: boolean): boolean {
    return underWay >= this.#perOrigin || (!isProven && doubtfulUnderWay >= this.#doubtfulPerOrigin);
  }

  /** Has lanes stand in line again that waited for a connection, one of each kind where there is one for it. */
  #callUp(origin: Origin): void {
    for (const row of [origin.proven, origin.doubtful]) {
      for (let lane = row.first; lane !== undefined && !this.#isFull(origin, lane.isProven); lane = row.first) {
        this.#line(lane);
        if (lane.row !== undefined) break;
      }
    }
  }

  /** The shipment whose turn it is, which is under way from now on; undefined where none may go. */
  next(): Departure | undefined {
    if (this.#underWay >= this.#options.concurrency) return undefined;
    for (;;) {
      const mayDoubt = this.#doubtful.first !== undefined && this.#doubtfulUnderWay < this.#mostDoubtful;
      const isDoubtful = mayDoubt && (this.#proven.first === undefined || !this.#wasDoubtful);
      const lane = (isDoubtful ? this.#doubtful : this.#proven).first;
      if (lane === undefined) return undefined;
      if (this.#isFull(lane.origin, lane.isProven)) this.#line(lane);
      else return this.#depart(lane, isDoubtful);
    }
  }

  #depart(lane: Lane, isDoubtful: boolean): Departure | undefined {
    const shipment = lane.waiting.shift();
    if (shipment === undefined) return undefined;
    this.#wasDoubtful = isDoubtful;
    this.#count(lane, -1);
    this.#countUnderWay(lane, isDoubtful, 1);
    lane.row?.remove(lane);
    this.#line(lane);
    this.#callUp(lane.origin);
    return { lane, shipment, isDoubtful };
  }

  #countUnderWay(lane: Lane, isDoubtful: boolean, more: number): void {
    this.#underWay += more;
    lane.underWay += more;
    lane.origin.underWay += more;
    if (!isDoubtful) return;
    this.#doubtfulUnderWay += more;
    lane.origin.doubtfulUnderWay += more;
  }

  /**
   * Told that a request has ended.
   *
   * @param works Whether the endpoint works; undefined where nothing is known of it.
   * @returns What waited and is not to go now: the queue says when it goes on.
   */
  end({ lane, isDoubtful }: Departure, works: boolean | undefined): readonly Shipment[] {
    this.#countUnderWay(lane, isDoubtful, -1);
    if (works !== undefined) {
      lane.isProven = works;
      lane.allowed = works ? Math.min(this.#options.perEndpoint, lane.allowed * 2) : 1;
    }
    const left = works === false ? lane.waiting.splice(0) : [];
    this.#count(lane, -left.length);
    this.#line(lane);
    this.#callUp(lane.origin);
    return left;
  }

  /** Takes out all that waits. */
  clear(): readonly Shipment[] {
    const all: Shipment[] = [];
    for (const lane of this.#lanes.values()) {
      const left = lane.waiting.splice(0);
      this.#count(lane, -left.length);
      all.push(...left);
      this.#line(lane);
    }
    return all;
  }
}

/** The part of a URL before its path. */
function originOf(url: string): string {
  const end = url.indexOf("/", url.indexOf("://") + 3);
  return end < 0 ? url : url.slice(0, end);
}

/** Most characters of the bodies of one request, one body that is longer apart. */
const longestBatch = 1_048_576;

/** Splits what was claimed into requests: deliveries of a batch together, others each alone. */
export function shipmentsOf(url: string, parcels: readonly Parcel[]): readonly Shipment[] {
  if (parcels.every(({ delivery }) => delivery.batchSize <= 1))
    return parcels.map((each) => ({ url, parcels: [each] }));
  const shipments: Shipment[] = [];
  const open = new Map<string, { readonly batch: Parcel[]; length: number }>();
  for (const parcel of parcels) {
    const { subscriptionId, batchSize, body } = parcel.delivery;
    const known = batchSize > 1 ? open.get(subscriptionId) : undefined;
    if (known !== undefined && known.batch.length < batchSize && known.length + body.length <= longestBatch) {
      known.batch.push(parcel);
      known.length += body.length;
      continue;
    }
    const batch = [parcel];
    shipments.push({ url, parcels: batch });
    if (batchSize > 1) open.set(subscriptionId, { batch, length: body.length });
  }
  return shipments;
}
