import type { Step } from "./case.js";
import { isAck, isAnswer, saidIn } from "./conversation.js";
import type { Gate } from "./gate.js";
import { patiently } from "./patience.js";
import { type Exchange, unsent, type Wire, type WireRequest } from "./wire.js";

/** Sends the steps of a case one after another. */
export interface Sender {
  /**
   * Sends steps until each has an answer that is no rate limit; a refused step makes the case start over with steps of
   * its own, so that times in them are fresh. After a step without any answer the rest is not sent.
   *
   * @param steps the steps, or what makes them anew
   * @param withinMs milliseconds after which the rest is not sent, waits for a rate limit not counted; no end unless set
   */
  send(steps: readonly Step[] | (() => readonly Step[]), withinMs?: number): Promise<Sent>;
  /** Takes note of an exchange that was made without the sender; one without any answer counts twice. */
  note(exchange: Exchange): void;
}

/** The exchanges of a case, or why there are not all of them. */
export interface Sent {
  readonly exchanges: readonly Exchange[];
  readonly error?: string;
  /** True when the time ran out before the last step was answered. */
  readonly isLate?: boolean;
  /** Milliseconds it took, waits for a rate limit not counted. */
  readonly tookMs: number;
}

type Attempt = Omit<Sent, "tookMs">;

/** What a sender needs. */
export interface SenderOptions {
  readonly wire: Wire;
  readonly gate: Gate;
  readonly signal: AbortSignal;
  /** Sees every exchange once. */
  readonly onExchange: (exchange: Exchange) => void;
  /** Exchanges of shared requests that were made before, by the name they are shared under. */
  readonly made?: ReadonlyMap<string, Exchange>;
}

/** Requests of one kind. Before one of them is answered, only as many are under way as may stay without an answer. */
interface Group {
  /** How many got no answer, since the last that did. */
  silent: number;
  /** How many are under way. */
  pending: number;
  answered: boolean;
  /** What lets those go on that wait for the ones under way. */
  readonly waiting: (() => void)[];
}

/** Requests of one kind that may stay without any answer before the rest of the kind is not sent. */
const maxSilent = 3;
/** The same for a kind that was answered before, in a row. */
const maxSilentInRow = 16;
/** Milliseconds: what comes to nothing sooner costs the run nothing. */
const costlyMs = 1000;

/**
 * Makes the sender of a run. Shared requests are sent once and their exchange is used by every case that names it. After
 * a rate limit was met cases send one at a time, so that those of several requests do not starve one another.
 */
export function createSender({
  wire,
  gate,
  signal,
  onExchange,
  made = new Map<string, Exchange>(),
}: SenderOptions): Sender {
  const shared = new Map([...made].map(([name, exchange]) => [name, Promise.resolve(exchange)]));
  const groups = new Map<string, Group>();

  const groupsOf = ({ method, path, group }: WireRequest) =>
    [`${method} ${path}`, group ?? ""].map((name) => {
      const known = groups.get(name) ?? { silent: 0, pending: 0, answered: name === "", waiting: [] };
      groups.set(name, known);
      return known;
    });

  const note = (exchange: Exchange, weight = 1): void => {
    for (const group of groupsOf(exchange.request)) {
      if (isSilent(exchange)) group.silent += weight;
      else if (isAnswered(exchange)) {
        group.answered = true;
        group.silent = 0;
      }
    }
  };

  const sendOne = async (request: WireRequest): Promise<Exchange> => {
    const own = groupsOf(request);
    for (;;) {
      const mute = own.find(({ answered, silent }) => silent >= (answered ? maxSilentInRow : maxSilent));
      if (mute !== undefined)
        return unsent(request, `not sent: ${mute.silent} requests of this kind before it got no answer`);
      const untried = own.find(({ answered, silent, pending }) => !answered && silent + pending >= maxSilent);
      if (untried === undefined) break;
      await new Promise<void>((resolve) => untried.waiting.push(resolve));
    }
    for (const group of own) group.pending += 1;
    let exchange: Exchange;
    try {
      exchange = await patiently(wire, request, signal);
      note(exchange);
    } finally {
      for (const group of own) {
        group.pending -= 1;
        for (const go of group.waiting.splice(0)) go();
      }
    }
    if (exchange.response !== undefined && exchange.response.status !== 429) gate.answered();
    onExchange(exchange);
    return exchange;
  };

  const once = (request: WireRequest): Promise<Exchange> => {
    if (request.share === undefined) return sendOne(request);
    const known = shared.get(request.share) ?? sendOne(request);
    shared.set(request.share, known);
    return known;
  };

  const attempt = async (
    steps: readonly Step[] | (() => readonly Step[]),
    exchanges: Exchange[],
    isLate: () => boolean,
  ): Promise<Attempt | "again"> => {
    for (const step of typeof steps === "function" ? steps() : steps) {
      if (isLate()) return { exchanges };
      if (signal.aborted) return { exchanges, error: stopped };
      const request = typeof step === "function" ? step(exchanges) : step;
      const known = request.share !== undefined && shared.has(request.share);
      if (!known && exchanges.length > 0 && gate.closed()) return "again";
      const exchange = await once(request);
      exchanges.push(exchange);
      if (exchange.failure?.kind === "not-sent" && signal.aborted) return { exchanges, error: stopped };
      if (exchange.failure?.kind === "not-asked") return { exchanges, error: exchange.failure.message };
      if (exchange.failure?.kind === "timeout" || exchange.failure?.kind === "not-sent") return { exchanges };
      if (exchange.response?.status !== 429 || request.expectsLimit === true) continue;
      if (request.share !== undefined) shared.delete(request.share);
      return gate.refused(exchange) ? "again" : { exchanges, error: overLimit };
    }
    return { exchanges };
  };

  let last = Promise.resolve();
  const enter = async (): Promise<() => void> => {
    let leave = () => {};
    const before = last;
    last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  };

  return {
    note: (exchange) => note(exchange, 2),
    async send(steps, withinMs = Number.POSITIVE_INFINITY) {
      let leave = gate.waitedMs() > 0 ? await enter() : undefined;
      let tookMs = 0;
      try {
        for (;;) {
          await gate.pass();
          const began = performance.now();
          const exchanges: Exchange[] = [];
          const sent = await before(withinMs - tookMs, (isLate) => attempt(steps, exchanges, isLate));
          tookMs += performance.now() - began;
          if (sent === "late") return { exchanges: [...exchanges], isLate: true, tookMs };
          if (sent !== "again") return { ...sent, tookMs };
          leave ??= await enter();
        }
      } finally {
        leave?.();
      }
    },
  };
}

/** Whether something was waited for in vain, and long enough to cost the run time. */
const isSilent = (exchange: Exchange): boolean =>
  !isAnswered(exchange) &&
  exchange.failure?.kind !== "not-sent" &&
  waits(exchange.request) &&
  (exchange.failure?.kind === "timeout" || exchange.elapsedMs >= costlyMs);

/** Whether something came that shows that requests of its kind are answered; what a gateway says in place of the agent does not. */
const isAnswered = ({ response, frames = [] }: Exchange): boolean => {
  if (response === undefined) return false;
  if (response.status !== 101) return response.status !== 502 && response.status !== 504;
  return saidIn(frames).some((said) => isAnswer(said) || isAck(said));
};

/** Whether an answer is waited for: a WebSocket may be opened for less. */
const waits = ({ socket }: WireRequest): boolean => socket === undefined || socket.some((action) => "await" in action);

/** The result of some work, unless it takes longer than a time, after which the work is told that it is late. */
async function before<T>(ms: number, work: (isLate: () => boolean) => Promise<T>): Promise<T | "late"> {
  if (ms === Number.POSITIVE_INFINITY) return work(() => false);
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => {
      over = true;
      resolve("late");
    }, ms);
  });
  try {
    return await Promise.race([work(() => over), late]);
  } finally {
    clearTimeout(timer);
  }
}

const stopped = "not run: the run was stopped";
const overLimit = "not run: the agent's rate limit did not let the request through in time (--max-wait)";
