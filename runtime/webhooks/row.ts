/** What can stand in a {@link Row}, in one at a time. */
export interface Standing<Member extends Standing<Member>> {
  row: Row<Member> | undefined;
  before: Member | undefined;
  after: Member | undefined;
}

/** Members in a row: first in, first out, and any of them may leave, at constant cost and without garbage. */
export class Row<Member extends Standing<Member>> {
  #first: Member | undefined;
  #last: Member | undefined;

  /** The member that stands here longest. */
  get first(): Member | undefined {
    return this.#first;
  }

  /** Puts a member that stands in no row at the end. */
  push(member: Member): void {
    member.row = this;
    member.before = this.#last;
    if (this.#last === undefined) this.#first = member;
    else this.#last.after = member;
    this.#last = member;
  }

  /** Takes out a member that stands here. */
  remove(member: Member): void {
    const { before, after } = member;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    member.row = member.before = member.after = undefined;
  }
}
