import type { MessageCall } from "./call.js";
import { startTimer } from "./deadline.js";
import type { AsapError } from "./error.js";

/** The calls that an agent works on. */
export class ActiveCalls {
  readonly #calls = new Set<MessageCall>();
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  /** How many there are. */
  get size(): number {
    return this.#calls.size;
  }

  /** Whether {@link ActiveCalls.close} was called: no further call is to begin. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  find(matches: (call: MessageCall) => boolean): MessageCall | undefined {
    for (const call of this.#calls) if (matches(call)) return call;
    return undefined;
  }

  add(call: MessageCall): void {
    this.#calls.add(call);
  }

  delete(call: MessageCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) for (const done of this.#waiting) done();
  }

  /**
   * Waits until every call has ended and aborts those that are left.
   *
   * @param maxMs Longest wait in milliseconds; Infinity for no end.
   * @param reason What the calls that are left are aborted with.
   */
  async close(maxMs: number, reason: AsapError): Promise<void> {
    this.#isClosed = true;
    if (this.#calls.size > 0 && maxMs > 0) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          this.#waiting.delete(end);
          resolve();
        };
        const timer = startTimer(maxMs, end);
        this.#waiting.add(end);
      });
    }
    for (const call of this.#calls) call.abort(reason);
  }
}
