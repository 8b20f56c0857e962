import type { Step } from "./case.js";
import type { Gate } from "./gate.js";
import { patiently } from "./patience.js";
import type { Exchange, Wire, WireRequest } from "./wire.js";

/** Sends the steps of a case one after another. */
export interface Sender {
  /**
   * Sends steps until each has an answer that is no rate limit; a refused step makes the case start over with steps of
   * its own, so that times in them are fresh. After a step without any answer the rest is not sent.
   *
   * @param steps the steps, or what makes them anew
   */
  send(steps: readonly Step[] | (() => readonly Step[])): Promise<Sent>;
  /** Takes note of an exchange that was made without the sender. */
  note(exchange: Exchange): void;
}

/** The exchanges of a case, or why there are not all of them. */
export interface Sent {
  readonly exchanges: readonly Exchange[];
  readonly error?: string;
}

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

/** Requests of one kind that may stay without any answer before the rest of the kind is not sent. */
const maxSilent = 3;

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
  const groups = new Map<string, { silent: number; answered: boolean }>();

  const groupsOf = ({ method, path, group }: WireRequest) =>
    [`${method} ${path}`, group ?? ""].map((name) => {
      const known = groups.get(name) ?? { silent: 0, answered: name === "" };
      groups.set(name, known);
      return known;
    });

  const note = (exchange: Exchange): void => {
    for (const group of groupsOf(exchange.request)) {
      if (exchange.failure?.kind === "timeout") group.silent += 1;
      else if (exchange.response !== undefined) group.answered = true;
    }
  };

  const sendOne = async (request: WireRequest): Promise<Exchange> => {
    const mute = groupsOf(request).find((group) => !group.answered && group.silent >= maxSilent);
    if (mute !== undefined) return unsent(request, mute.silent);
    const exchange = await patiently(wire, request, signal);
    note(exchange);
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

  const attempt = async (steps: readonly Step[] | (() => readonly Step[])): Promise<Sent | "again"> => {
    const exchanges: Exchange[] = [];
    for (const step of typeof steps === "function" ? steps() : steps) {
      if (signal.aborted) return { exchanges, error: "not run: the run was stopped" };
      const request = typeof step === "function" ? step(exchanges) : step;
      const known = request.share !== undefined && shared.has(request.share);
      if (!known && exchanges.length > 0 && gate.closed()) return "again";
      const exchange = await once(request);
      exchanges.push(exchange);
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
    note,
    async send(steps) {
      let leave = gate.waitedMs() > 0 ? await enter() : undefined;
      try {
        for (;;) {
          await gate.pass();
          const sent = await attempt(steps);
          if (sent !== "again") return sent;
          leave ??= await enter();
        }
      } finally {
        leave?.();
      }
    },
  };
}

const overLimit = "not run: the agent's rate limit did not let the request through in time";

function unsent(request: WireRequest, silent: number): Exchange {
  const message = `not sent: ${silent} requests of this kind before it got no answer`;
  return {
    request,
    sent: Buffer.alloc(0),
    sentBytes: 0,
    failure: { kind: "not-sent", message },
    startedAt: 0,
    elapsedMs: 0,
  };
}
