import { Heap } from "./heap.js";
import type { Item } from "./item.js";

/** How many empty places at the front of a row are kept. */
const longestGap = 1_024;

const isBefore = (one: Item, other: Item): boolean =>
  one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.seq < other.seq);

/**
 * Items by the moment they are due. Those that come in that order, as new ones do, stand in a row, at constant cost; the
 * others, such as those that are tried again, in a heap.
 */
export class DueQueue {
  /** An item at the place `k` of the row has the place `-2 - k`, counted from the first that ever stood there. */
  #row: (Item | undefined)[] = [];
  #gone = 0;
  #head = 0;
  readonly #others = new Heap<Item>(isBefore);
  #last: Item | undefined;

  push(item: Item): void {
    if (this.#head < this.#row.length && this.#last !== undefined && isBefore(item, this.#last)) {
      this.#others.push(item);
      return;
    }
    item.place = -2 - (this.#gone + this.#row.length);
    this.#row.push(item);
    this.#last = item;
  }

  /** The item that is due first; undefined where there is none. */
  peek(): Item | undefined {
    const [first, other] = [this.#row[this.#head], this.#others.peek()];
    if (first === undefined || other === undefined) return first ?? other;
    return isBefore(other, first) ? other : first;
  }

  /** Takes out an item that is in this queue. */
  remove(item: Item): void {
    if (item.place >= 0) {
      this.#others.remove(item);
      return;
    }
    this.#row[-2 - item.place - this.#gone] = undefined;
    item.place = -1;
    this.#shorten();
  }

  #shorten(): void {
    while (this.#head < this.#row.length && this.#row[this.#head] === undefined) this.#head += 1;
    if (this.#head === this.#row.length) {
      this.#gone += this.#head;
      this.#row = [];
      this.#head = 0;
      this.#last = undefined;
    } else if (this.#head > longestGap && this.#head * 2 > this.#row.length) {
      this.#gone += this.#head;
      this.#row = this.#row.slice(this.#head);
      this.#head = 0;
    }
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const item of this.#row) if (item !== undefined) yield item;
    yield* this.#others;
  }
}
