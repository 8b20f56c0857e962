/** What a {@link Heap} can hold: it remembers where it stands, so that it can be moved and taken out. */
export interface Placed {
  /** Place in the heap; negative while it is in none. */
  place: number;
}

/** A binary heap: the first by its order is at hand, and any item is moved or taken out in logarithmic time. */
export class Heap<Item extends Placed> {
  readonly #before: (one: Item, other: Item) => boolean;
  readonly #items: Item[] = [];

  /** @param before Whether one comes before another. */
  constructor(before: (one: Item, other: Item) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first; undefined where there is none. */
  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1, item);
  }

  /** Takes the first out. */
  pop(): Item | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Puts an item where it belongs after its order changed. */
  move(item: Item): void {
    this.#rise(item.place, item);
    this.#sink(item.place, item);
  }

  /** Takes out an item that is in this heap. */
  remove(item: Item): void {
    const { place } = item;
    const last = this.#items.pop();
    item.place = -1;
    if (last === undefined || last === item) return;
    this.#items[place] = last;
    last.place = place;
    this.move(last);
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.#items[Symbol.iterator]();
  }

  #rise(from: number, item: Item): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#items[above] as Item;
      if (!this.#before(item, parent)) break;
      this.#set(place, parent);
      place = above;
    }
    this.#set(place, item);
  }

  #sink(from: number, item: Item): void {
    const size = this.#items.length;
    let place = from;
    for (let below = 2 * place + 1; below < size; below = 2 * place + 1) {
      const [left, right] = [this.#items[below] as Item, this.#items[below + 1]];
      const isRight = right !== undefined && this.#before(right, left);
      const child = isRight ? right : left;
      if (!this.#before(child, item)) break;
      this.#set(place, child);
      place = isRight ? below + 1 : below;
    }
    this.#set(place, item);
  }

  #set(place: number, item: Item): void {
    this.#items[place] = item;
    item.place = place;
  }
}
