import { headerOf } from "./http-response.js";
import type { Exchange, WireRequest } from "./wire.js";

/** Waits that an agent's rate limit asks for. */
export interface Gate {
  /** Resolves when requests may be sent again; at once when nothing was refused. */
  pass(): Promise<void>;
  /** Whether requests must wait now. */
  closed(): boolean;
  /** Takes note of any other answer. */
  answered(): void;
  /** Takes note of a 429; false when waiting for it would go over the budget, so that the case is given up. */
  refused(exchange: Exchange): boolean;
  /** Milliseconds the run stood still. */
  waitedMs(): number;
}

/** What a gate needs from outside. */
export interface GateOptions {
  /** Milliseconds the run may wait in total. */
  readonly maxWaitMs: number;
  /** Milliseconds since 1970, so that a Retry-After that names a date can be waited for. */
  readonly now: () => number;
  /** Waits; resolves early when the run is stopped. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Whether the run is stopped, which opens the gate. */
  readonly stopped: () => boolean;
  /** Told of each wait, in milliseconds. */
  readonly onWait?: (waitMs: number) => void;
}

/** Sends what comes before the cases, again while the agent's rate limit refuses it and waiting is allowed. */
export const throughGate =
  (gate: Gate, send: (request: WireRequest) => Promise<Exchange>) =>
  async (request: WireRequest): Promise<Exchange> => {
    for (;;) {
      await gate.pass();
      const exchange = await send(request);
      if (exchange.response?.status === 429 && gate.refused(exchange)) continue;
      if (exchange.response !== undefined && exchange.response.status !== 429) gate.answered();
      return exchange;
    }
  };

/** Longest wait without any answer but refusals: more than the longest window of the default limit. */
const MAX_IN_VAIN_MS = 75_000;

/** Makes a gate. All requests of a run pass through one gate, so that a refusal holds them all. */
export function createGate({ maxWaitMs, now, sleep, stopped, onWait }: GateOptions): Gate {
  let opensAt = 0;
  let waited = 0;
  let waitedAtAnswer = 0;
  return {
    async pass() {
      for (let wait = opensAt - now(); wait > 0 && !stopped(); wait = opensAt - now()) await sleep(wait);
    },
    closed: () => opensAt > now(),
    answered() {
      waitedAtAnswer = waited;
    },
    refused(exchange) {
      const until = now() + retryAfterMs(headerOf(exchange.response, "retry-after"), now());
      if (until <= opensAt) return true;
      const more = until - Math.max(opensAt, now());
      if (waited + more > maxWaitMs || waited - waitedAtAnswer > MAX_IN_VAIN_MS) return false;
      waited += more;
      opensAt = until;
      onWait?.(more);
      return true;
    },
    waitedMs: () => waited,
  };
}

function retryAfterMs(value: string | undefined, now: number): number {
  if (value !== undefined && /^\d+(\.\d+)?$/.test(value)) return Math.max(100, Number(value) * 1000);
  const date = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? 1000 : Math.max(100, date - now);
}
