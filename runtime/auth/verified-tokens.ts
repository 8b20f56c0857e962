/** How long a verified token is taken without being verified again, in milliseconds. */
const longestMs = 60_000;

interface Kept<T> {
  readonly value: T;
  readonly from: number;
  readonly until: number;
  /** How often a key had left the issuer's set when its verification began. */
  readonly departures: number;
}

/**
 * What is known of tokens that were verified, by a digest of their exact characters: for a minute at most, never past
 * their end, not once a key has left the issuer's set, and not by a clock that went back.
 */
export class VerifiedTokens<T> {
  readonly #max: number;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(max: number, now: () => number) {
    this.#max = max;
    this.#now = now;
  }

  get(digest: string, departures: number): T | undefined {
    const kept = this.#kept.get(digest);
    if (kept === undefined) return undefined;
    const now = this.#now();
    if (kept.departures === departures && now >= kept.from && now < kept.until) return kept.value;
    this.#kept.delete(digest);
    return undefined;
  }

  /** @param endMs End of the token, in milliseconds since 1970. */
  keep(digest: string, value: T, endMs: number, departures: number): void {
    const now = this.#now();
    const until = Math.min(endMs, now + longestMs);
    if (!(until > now)) return;
    this.#kept.set(digest, { value, from: now, until, departures });
    const [oldest = digest] = this.#kept.keys();
    if (this.#kept.size > this.#max) this.#kept.delete(oldest);
  }
}
