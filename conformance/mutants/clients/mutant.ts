import type { SocketMutant } from "../tunnel.js";
import type { Answered, Asked } from "../wrap.js";

/** A request that is answered by the end of its connection. */
export const reset = "reset";

/** What comes back for a request. */
export type Reply = Answered | typeof reset;

/** Hands a request on, with changes where some are given. */
export type Forward = (changes?: Partial<Asked>) => Promise<Reply>;

/** What becomes of a request, and what is answered to it. */
export type Exchange = (asked: Asked, forward: Forward) => Promise<Reply>;

/** What a relay does wrong on the way between a client and the agent of the suite; made anew for each process. */
export interface ClientFault {
  /** Variables that the client gets in place of those of the suite; undefined leaves one out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Deals with a request of the client. */
  readonly exchange?: Exchange;
  /** Changes WebSockets: `asked` is what the client writes, `answered` what the agent writes. */
  readonly socket?: SocketMutant;
  /** Deals with a request that the suite makes to a `callback_url` of the client. */
  readonly callback?: Exchange;
}

/** A client that is wrong on purpose in one thing. */
export interface ClientMutant {
  /** Lower-case words with hyphens. */
  readonly id: string;
  /** What is wrong, in one sentence. */
  readonly name: string;
  /** The scenario that it is judged by. */
  readonly scenario: string;
  /** Ids of the cases that must fail. */
  readonly kills: readonly string[];
  /** Ids of the cases that fail with those, for the same reason. */
  readonly also?: readonly string[];
  readonly make: () => ClientFault;
}

/** Changes every request. */
export const asking = (change: (asked: Asked) => Asked): Exchange => {
  return (asked, forward) => forward(change(asked));
};

/** Changes every answer. */
export const answering = (change: (answered: Answered, asked: Asked) => Answered): Exchange => {
  return async (asked, forward) => {
    const reply = await forward();
    return reply === reset ? reset : change(reply, asked);
  };
};

/** Waits some milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
