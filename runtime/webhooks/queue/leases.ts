import type { Lease } from "./item.js";

const fencesOfBlock = 256;

interface Block {
  readonly leases: (Lease | undefined)[];
  count: number;
}

/**
 * Claims by their fences, which grow one by one. They are kept in blocks: a `Map` of claims, all of them short-lived, would
 * leave tables behind that keep what has ended alive until a full collection of garbage.
 */
export class Leases {
  readonly #blocks = new Map<number, Block>();
  #size = 0;

  get size(): number {
    return this.#size;
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
  }

  delete(fence: number): void {
    const number = Math.floor(fence / fencesOfBlock);
    const block = this.#blocks.get(number);
    if (block?.leases[fence % fencesOfBlock] === undefined) return;
    block.leases[fence % fencesOfBlock] = undefined;
    block.count -= 1;
    this.#size -= 1;
    if (block.count === 0) this.#blocks.delete(number);
  }

  *[Symbol.iterator](): Generator<Lease> {
    for (const { leases } of this.#blocks.values()) for (const lease of leases) if (lease !== undefined) yield lease;
  }
}
