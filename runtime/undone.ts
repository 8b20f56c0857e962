/** Most messages that are remembered as undone. */
const mostUndone = 10_000;

/**
 * Messages whose nonce was used up though nobody got an answer, since the store was not reached or too many tasks ran:
 * a repeat, the same to the letter, is not refused for its nonce. Kept in memory, the latest.
 */
export class UndoneMessages {
  readonly #keys = new Set<string>();

  add(owner: string, envelopeId: string | null | undefined, nonce: unknown): void {
    if (!envelopeId) return;
    this.#keys.add(keyOf(owner, envelopeId, nonce));
    if (this.#keys.size <= mostUndone) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  /** Forgets a message; whether it was remembered. */
  take(owner: string, envelopeId: string | null | undefined, nonce: unknown): boolean {
    return !!envelopeId && this.#keys.delete(keyOf(owner, envelopeId, nonce));
  }
}

const keyOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);
