import type { Placed } from "./queue/heap.js";

/**
 * Members in no order, added and taken out at constant cost. In a `Set` or `Map` with as much coming and going, the tables
 * that it leaves behind keep what went alive until a full collection of garbage.
 */
export class Roster<Member extends Placed> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** Adds what is in no roster. */
  add(member: Member): void {
    member.place = this.#members.push(member) - 1;
  }

  /** Takes a member out; what is no member stays as it is. */
  remove(member: Member): void {
    const { place } = member;
    if (this.#members[place] !== member) return;
    const last = this.#members.pop() as Member;
    member.place = -1;
    if (last === member) return;
    this.#members[place] = last;
    last.place = place;
  }

  [Symbol.iterator](): Iterator<Member> {
    return this.#members[Symbol.iterator]();
  }
}
