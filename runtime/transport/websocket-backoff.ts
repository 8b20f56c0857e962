import { closeCodes } from "../../generated/limits.js";
import type { ReconnectOptions } from "./websocket-options.js";

/** Shortest wait after a connection that was closed for breaking a rule, in milliseconds. */
const policyWaitMs = 1_000;
const policyViolation = 1008;

/** Whether a connection that ended with this code may be opened again; 1005 stands for a close frame without a code. */
export function mayReopen(code: number): boolean {
  const table: { readonly [code: number]: { readonly reconnect: boolean } } = closeCodes;
  return code === 1005 || table[code]?.reconnect === true;
}

/** The waits between attempts: they double up to the longest one and start over after a success. */
export class Backoff {
  readonly #options: Required<ReconnectOptions>;
  readonly #random: () => number;
  #steps = 0;

  constructor(options: Required<ReconnectOptions>, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** The next wait, in milliseconds. */
  next(closeCode?: number): number {
    const { baseMs, maxMs, jitter } = this.#options;
    const waitMs = Math.min(baseMs * 2 ** this.#steps, maxMs);
    this.#steps++;
    const shortened = waitMs * (1 - jitter * this.#random());
    return closeCode === policyViolation ? Math.max(shortened, policyWaitMs) : shortened;
  }

  reset(): void {
    this.#steps = 0;
  }
}
