/** Those that listen for hints. */
export class Wakes {
  readonly #calls = new Set<() => void>();
  #isWaking = false;

  /** @returns Ends the calls. */
  add(call: () => void): () => void {
    const own = () => call();
    this.#calls.add(own);
    return () => this.#calls.delete(own);
  }

  /** Calls all, once for however many hints of this turn. */
  wake(): void {
    if (this.#isWaking || this.#calls.size === 0) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      for (const call of this.#calls) call();
    });
  }
}
