import type { Context } from "./case.js";
import { sleepUnless } from "./stop.js";
import type { Exchange, Wire, WireRequest } from "./wire.js";

/** How long a request is sent again. */
export interface Patience {
  /** Milliseconds between the attempts. */
  readonly everyMs: number;
  /** Milliseconds after which no further attempt begins. */
  readonly forMs: number;
  /** Whether the answer is the one to keep. */
  readonly until: (exchange: Exchange, attempts: number) => boolean;
}

/** Milliseconds to wait for what an agent may space out or tolerate for half a minute. */
export const longMs = ({ timeoutMs }: Pick<Context, "timeoutMs">): number => 5 * timeoutMs;

/** Sends a request, again while its patience says so. The last exchange counts, and tells how many there were. */
export async function patiently(
  wire: Pick<Wire, "exchange">,
  request: WireRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  const { patience } = request;
  const began = performance.now();
  for (let attempts = 1; ; attempts += 1) {
    const exchange = await wire.exchange(request, signal);
    const isOver = patience === undefined || performance.now() - began + patience.everyMs > patience.forMs;
    if (isOver || signal.aborted || patience.until(exchange, attempts))
      return attempts === 1 ? exchange : { ...exchange, attempts };
    await sleepUnless(signal, patience.everyMs);
  }
}
