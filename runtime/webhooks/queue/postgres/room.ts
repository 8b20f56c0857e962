import type { AsapError } from "../../../error.js";

/** What part of the room that is left an instance takes for itself, so that it need not count at every call. */
const share = 16;

/** How long an instance relies on its count, in milliseconds. */
const countedForMs = 10_000;

/** How long a full queue is taken to stay full without a look, in milliseconds of this process. */
const fullForMs = 100;

/** Lets deliveries into what is of bounded size. */
export interface Room {
  /**
   * Does work that adds deliveries.
   *
   * @param count How many.
   * @param ids Their ids, where those that are there already are not added. Default: all are.
   * @throws AsapError `asap:webhook/queue_full`, and as the work does.
   */
  admit<Result>(count: number, work: () => Promise<Result>, ids?: readonly string[]): Promise<Result>;
  /** Does work that adds deliveries however many wait; what it adds counts. */
  take<Result>(count: number, work: () => Promise<Result>): Promise<Result>;
  /** Tells that there may be room again. */
  freed(): void;
}

/** What a {@link Room} is made of. */
export interface RoomParts {
  /** Most deliveries. */
  readonly most: number;
  /** Counts what is there, up to the bound. */
  readonly count: () => Promise<number>;
  /** Counts which of some ids are there already, as deliveries or as dead letters. */
  readonly known: (ids: readonly string[]) => Promise<number>;
  /** How many are let in before the first count. */
  readonly credit: number;
  readonly refusal: (pending: number) => AsapError;
}

/** What an instance lets in before it counts again, of room that is free. */
export const shareOf = (free: number): number => Math.floor(free / share);

/**
 * Room of bounded size. An instance counts what is there, up to the bound, and then lets in a sixteenth of what is left
 * before it counts again, at least what the call at hand brings: near the bound it counts for every call, after its own
 * calls have ended. One instance keeps the bound, but for what it lets in before the first count; several may exceed it by
 * what they add at the same moment.
 */
export function roomOf({ most, count, known, credit, refusal }: RoomParts): Room {
  const underWay = new Set<Promise<unknown>>();
  let left = credit;
  let countedAt = performance.now();
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let full: { readonly pending: number; readonly sinceMs: number } | undefined;

  const hasRoom = (wanted: number): boolean => left >= wanted && performance.now() - countedAt < countedForMs;
  const addedOf = async (ids: readonly string[]): Promise<number> => {
    const different = [...new Set(ids)];
    return different.length - (await known(different));
  };
  const makeRoom = async (wanted: number, ids: readonly string[] | undefined): Promise<void> => {
    if (hasRoom(wanted)) return;
    if (full !== undefined && performance.now() - full.sinceMs < fullForMs) throw refusal(full.pending);
    await Promise.allSettled(underWay);
    const pending = await count();
    const free = most - pending;
    if (free < wanted && free < (ids === undefined ? wanted : await addedOf(ids))) {
      if (free <= 0) full = { pending, sinceMs: performance.now() };
      throw refusal(pending);
    }
    full = undefined;
    countedAt = performance.now();
    left = Math.max(wanted, shareOf(free));
  };

  /** Begins work that was let in; in an object, since it is not waited for here. */
  const begin = <Result>(wanted: number, work: () => Promise<Result>) => {
    left -= wanted;
    const working = work();
    underWay.add(working);
    const over = () => void underWay.delete(working);
    working.then(over, over);
    return { working };
  };

  return {
    async admit(wanted, work, ids) {
      if (waiting === 0 && hasRoom(wanted)) return begin(wanted, work).working;
      waiting += 1;
      const begun = turn.then(async () => {
        await makeRoom(wanted, ids);
        return begin(wanted, work);
      });
      const over = () => {
        waiting -= 1;
      };
      turn = begun.then(over, over);
      return (await begun).working;
    },
    take: (count, work) => begin(count, work).working,
    freed() {
      full = undefined;
    },
  };
}
