import { AsapError, isAsapError } from "../error.js";

/** When a fetched document is fetched again. */
export interface RefreshRules {
  /** How long it is used without asking again, in milliseconds. */
  readonly maxAgeMs: number;
  /** How much longer it is used while it cannot be fetched, in milliseconds. */
  readonly staleMs: number;
  /** Least time between fetches that somebody else's request causes, and longest time between failing ones, in milliseconds. */
  readonly cooldownMs: number;
  readonly now: () => number;
}

/** First wait after a failed fetch; it doubles for each further one. */
const firstBackoffMs = 1_000;

/**
 * A document of an issuer, fetched when it is needed and kept. Concurrent callers share one fetch; failing ones are
 * spaced out; what callers ask for early is bounded.
 */
export class Refreshed<T> {
  readonly #load: () => Promise<T>;
  readonly #rules: RefreshRules;
  #kept: { readonly value: T; readonly at: number } | undefined;
  #running: Promise<T> | undefined;
  #failures = 0;
  #failure: AsapError | undefined;
  #notBefore = 0;
  #earlyNotBefore = 0;

  constructor(load: () => Promise<T>, rules: RefreshRules) {
    this.#load = load;
    this.#rules = rules;
  }

  /**
   * The document, without a promise while it is fresh.
   *
   * @throws AsapError as the fetch did, also at once while the next attempt is not due.
   */
  get(): T | Promise<T> {
    const { maxAgeMs, now } = this.#rules;
    if (this.#kept !== undefined && now() - this.#kept.at <= maxAgeMs) return this.#kept.value;
    return this.#refresh();
  }

  /**
   * Fetches the document before its time, because what it should hold is not in it.
   *
   * @returns Undefined while that was done too recently; an early fetch that brought something new does not count.
   */
  early(changed: (before: T, after: T) => boolean): Promise<T> | undefined {
    const { cooldownMs, now } = this.#rules;
    if (this.#running !== undefined) return this.#running;
    const before = this.#kept;
    const at = now();
    if (before === undefined || at < this.#earlyNotBefore || at < this.#notBefore) return undefined;
    this.#earlyNotBefore = at + cooldownMs;
    return this.#fetch().then((after) => {
      if (changed(before.value, after)) this.#earlyNotBefore = 0;
      return after;
    });
  }

  async #refresh(): Promise<T> {
    const { maxAgeMs, staleMs, now } = this.#rules;
    try {
      if (this.#running === undefined && now() < this.#notBefore) throw this.#failure;
      return await this.#fetch();
    } catch (cause) {
      if (this.#kept !== undefined && now() - this.#kept.at <= maxAgeMs + staleMs) return this.#kept.value;
      throw AsapError.from(cause, "asap:auth/unavailable");
    }
  }

  #fetch(): Promise<T> {
    this.#running ??= this.#load()
      .then(
        (value) => {
          this.#kept = { value, at: this.#rules.now() };
          this.#failures = 0;
          this.#notBefore = 0;
          return value;
        },
        (cause: unknown) => {
          const wait = Math.min(this.#rules.cooldownMs, firstBackoffMs * 2 ** this.#failures);
          this.#failures = Math.min(20, this.#failures + 1);
          this.#notBefore = this.#rules.now() + wait;
          this.#failure = isAsapError(cause) ? cause : new AsapError("asap:auth/unavailable", { cause });
          throw this.#failure;
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }
}
