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

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** An attempt that failed. */
interface Failure {
  readonly error: AsapError;
  readonly at: number;
  readonly waitMs: number;
}

/** Whether less than a time has passed; a clock that went back says nothing, and counts as though it had. */
const isWithin = (elapsedMs: number, limitMs: number): boolean => elapsedMs >= 0 && elapsedMs < limitMs;

/** First wait after a failed fetch; it doubles for each further one. */
const firstBackoffMs = 1_000;
/** Most early fetches in a row that each brought something new, before the next one waits. */
const mostEarly = 5;

/**
 * A document of an issuer, fetched when it is needed and kept. Concurrent callers share one fetch; failing ones are
 * spaced out; what callers ask for early is bounded.
 */
export class Refreshed<T> {
  readonly #load: () => Promise<T>;
  readonly #rules: RefreshRules;
  #kept: Kept<T> | undefined;
  #running: Promise<T> | undefined;
  #failures = 0;
  #failure: Failure | undefined;
  #earlyAt = Number.NEGATIVE_INFINITY;
  /** Whether the last early fetch keeps the next one waiting. */
  #earlyWaits = false;
  /** Early fetches in a row, without a wait between them. */
  #inARow = 0;

  constructor(load: () => Promise<T>, rules: RefreshRules) {
    this.#load = load;
    this.#rules = rules;
  }

  /**
   * The document, without a promise while it is fresh. Once a fetch has failed, nobody waits for the next ones while the
   * old document may be used.
   *
   * @throws AsapError as the fetch did, also at once while the next attempt is not due.
   */
  get(): T | Promise<T> {
    const { maxAgeMs, now } = this.#rules;
    const ageMs = this.#kept === undefined ? -1 : now() - this.#kept.at;
    if (this.#kept !== undefined && ageMs >= 0 && ageMs <= maxAgeMs) return this.#kept.value;
    return this.#refresh();
  }

  /**
   * Fetches the document before its time, because what it should hold is not in it.
   *
   * @returns Undefined while that was done too recently; one that brought something new does not count, up to five in a row.
   */
  early(changed: (before: T, after: T) => boolean): Promise<T> | undefined {
    const { cooldownMs, now } = this.#rules;
    if (this.#running !== undefined) return this.#running;
    const before = this.#kept;
    const at = now();
    const isRecent = isWithin(at - this.#earlyAt, cooldownMs);
    if (before === undefined || (isRecent && this.#earlyWaits) || this.#waits() !== undefined) return undefined;
    this.#inARow = isRecent ? this.#inARow + 1 : 1;
    this.#earlyAt = at;
    this.#earlyWaits = true;
    return this.#fetch().then((after) => {
      if (this.#inARow < mostEarly && changed(before.value, after)) this.#earlyWaits = false;
      return after;
    });
  }

  async #refresh(): Promise<T> {
    const failure = this.#running === undefined ? this.#waits() : undefined;
    const fetched = failure === undefined ? this.#fetch() : Promise.reject<T>(failure.error);
    const old = this.#failures > 0 ? this.#stale() : undefined;
    if (old !== undefined) {
      fetched.catch(() => undefined);
      return old.value;
    }
    try {
      return await fetched;
    } catch (cause) {
      const stale = this.#stale();
      if (stale !== undefined) return stale.value;
      throw AsapError.from(cause, "asap:auth/unavailable");
    }
  }

  /** The failure that the next attempt waits after. */
  #waits(): Failure | undefined {
    const failure = this.#failure;
    return failure !== undefined && isWithin(this.#rules.now() - failure.at, failure.waitMs) ? failure : undefined;
  }

  /** The document as it is kept, while it may be used although it cannot be fetched. */
  #stale(): Kept<T> | undefined {
    const { maxAgeMs, staleMs, now } = this.#rules;
    return this.#kept !== undefined && now() - this.#kept.at <= maxAgeMs + staleMs ? this.#kept : undefined;
  }

  #fetch(): Promise<T> {
    this.#running ??= this.#load()
      .then(
        (value) => {
          this.#kept = { value, at: this.#rules.now() };
          this.#failures = 0;
          this.#failure = undefined;
          return value;
        },
        (cause: unknown) => {
          const { cooldownMs, now } = this.#rules;
          const waitMs = Math.min(cooldownMs, firstBackoffMs * 2 ** this.#failures);
          const error = isAsapError(cause) ? cause : new AsapError("asap:auth/unavailable", { cause });
          this.#failures = Math.min(20, this.#failures + 1);
          this.#failure = { error, at: now(), waitMs };
          throw error;
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }
}
