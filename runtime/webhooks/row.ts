/** What can stand in a {@link Row}, in one at a time. */
export interface InRow<Member extends InRow<Member>> {
  row: Row<Member> | undefined;
  before: Member | undefined;
  after: Member | undefined;
}

/** Members in a row: first in, first out, and any of them may leave, at constant cost and without garbage. */
export class Row<Member extends InRow<Member>> {
  #first: Member | undefined;
  #last: Member | undefined;

  /** The member that stands here longest. */
  get first(): Member | undefined {
    return this.#first;
  }

  /**
   * Puts a member that stands in no row at the end.
   *
   * @param isBehind Whether it ought to stand behind another; it stands before those at the end of which that is not so.
   * Default: it stands behind all.
   */
  push(member: Member, isBehind: (other: Member) => boolean = () => true): void {
    let before = this.#last;
    while (before !== undefined && !isBehind(before)) before = before.before;
    const after = before === undefined ? this.#first : before.after;
    member.row = this;
    member.before = before;
    member.after = after;
    if (before === undefined) this.#first = member;
    else before.after = member;
    if (after === undefined) this.#last = member;
    else after.before = member;
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
