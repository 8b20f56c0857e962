import { Row } from "../row.js";
import type { Lease } from "./item.js";

const fencesOfBlock = 256;

interface Block {
  readonly leases: (Lease | undefined)[];
  count: number;
}

/**
 * Claims by their fences, which grow one by one, and by the moment they end. They are kept in blocks: a `Map` of claims, all of them short-lived, would
 * leave tables behind that keep what has ended alive until a full collection of garbage.
 */
export class Leases {
  readonly #blocks = new Map<number, Block>();
  readonly #byEnd = new Row<Lease>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The claim that ends first, but for those whose outcome is being written. */
  get first(): Lease | undefined {
    return this.#byEnd.first;
  }

  get(fence: number): Lease | undefined {
    return this.#blocks.get(Math.floor(fence / fencesOfBlock))?.leases[fence % fencesOfBlock];
  }

  /** Adds a claim whose fence is not here. */
  add(lease: Lease): void {
    const number = Math.floor(lease.fence / fencesOfBlock);
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = { leases: new Array<Lease | undefined>(fencesOfBlock).fill(undefined), count: 0 };
      this.#blocks.set(number, block);
    }
    block.leases[lease.fence % fencesOfBlock] = lease;
    block.count += 1;
    this.#size += 1;
    this.#line(lease);
  }

  /** Has a claim stand among the others by its end: mostly that is later than theirs. */
  #line(lease: Lease): void {
    this.#byEnd.push(lease, (other) => other.untilMs <= lease.untilMs);
  }

  /** Has a claim end later, or sooner. */
  prolong(lease: Lease, untilMs: number): void {
    lease.row?.remove(lease);
    lease.untilMs = untilMs;
    if (!lease.isSettling) this.#line(lease);
  }

  /** Has a claim not end while its outcome is written. */
  suspend(lease: Lease): void {
    lease.isSettling = true;
    lease.row?.remove(lease);
  }

  /** Has a claim end as it would have: its outcome was not written. */
  resume(lease: Lease): void {
    lease.isSettling = false;
    this.#line(lease);
  }

  delete(lease: Lease): void {
    lease.row?.remove(lease);
    const { fence } = lease;
    const number = Math.floor(fence / fencesOfBlock);
    const block = this.#blocks.get(number);
    if (block?.leases[fence % fencesOfBlock] !== lease) return;
    block.leases[fence % fencesOfBlock] = undefined;
    block.count -= 1;
    this.#size -= 1;
    if (block.count === 0) this.#blocks.delete(number);
  }

  *[Symbol.iterator](): Generator<Lease> {
    for (const { leases } of this.#blocks.values()) for (const lease of leases) if (lease !== undefined) yield lease;
  }
}
