import { abortedError, withDeadline } from "../deadline.js";
import { AsapError, isAsapError } from "../error.js";
import type { TokenRequestOptions } from "./token-request.js";
import type { TokenSource } from "./token-source.js";
import { areTokens, type StoredTokens, type TokenStore } from "./token-store.js";

/** How tokens of one key are kept and renewed. */
interface Keeping {
  readonly issuer: string;
  readonly key: string;
  readonly store: TokenStore;
  readonly now: () => number;
  /**
   * Gets new tokens.
   *
   * @param stored What the store has of old ones; a refresh token may be among them.
   */
  readonly renew: (stored: StoredTokens | undefined) => Promise<StoredTokens>;
}

/** A token with less time left is renewed, in milliseconds; one that never has more, at half of its life. */
const renewBeforeMs = 30_000;
const mostRefused = 32;
/** Wait after a failed renewal, in milliseconds; it doubles for each further one. */
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** The last renewal, where it failed. */
interface Failure {
  readonly error: unknown;
  readonly atMs: number;
  readonly waitMs: number;
  /** Refresh token that the store had then. */
  readonly refreshToken: string | undefined;
}

/** Names what tokens are for: the kind of grant, issuer, client, scopes, audience, resources and further parameters. */
export function tokenKey(kind: "client" | "user", options: TokenRequestOptions): string {
  const { issuer, tokenEndpoint, clientId, audience = null, parameters = {} } = options;
  const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();
  const resources = typeof options.resource === "string" ? [options.resource] : (options.resource ?? []);
  const further = Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    kind,
    issuer ?? tokenEndpoint,
    clientId,
    sorted(scopesOf(options.scope)),
    audience,
    sorted(resources),
    ...(further.length > 0 ? [further] : []),
  ]);
}

/** Scopes one by one. */
export const scopesOf = (scope: string | readonly string[] | undefined): readonly string[] =>
  (typeof scope === "string" ? scope.split(" ") : (scope ?? [])).filter((each) => each !== "");

/** Keeps the tokens of one key: gives the one that holds, and renews it once for all who wait. */
export class TokenKeeper implements TokenSource {
  readonly #keeping: Keeping;
  readonly #refused = new Set<string>();
  #current: StoredTokens | undefined;
  /** Tokens that could not be stored yet. */
  #unsaved: StoredTokens | undefined;
  #flight: Promise<StoredTokens> | undefined;
  #failure: Failure | undefined;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  async token(signal?: AbortSignal): Promise<string> {
    if (signal?.aborted) throw abortedError(signal);
    for (;;) {
      const current = this.#current;
      if (current !== undefined && this.#holds(current)) return current.accessToken;
      const { accessToken } = await this.#waitFor(this.#renewed(), signal);
      if (!this.#refused.has(accessToken)) return accessToken;
    }
  }

  refused(token: string): void {
    if (!this.#refused.delete(token)) this.#failure = undefined;
    this.#refused.add(token);
    for (const oldest of this.#refused) if (this.#refused.size > mostRefused) this.#refused.delete(oldest);
    if (this.#current?.accessToken === token) this.#current = undefined;
  }

  /** Runs work that brings new tokens, which are then the ones to give. */
  replace(work: () => Promise<StoredTokens>, signal?: AbortSignal): Promise<StoredTokens> {
    const before = this.#flight?.catch(() => undefined);
    const flight = (async () => {
      await before;
      return this.#alone(async () => this.#keep(await work()));
    })();
    this.#fly(flight);
    return this.#waitFor(flight, signal);
  }

  /** Forgets the tokens, and gives those that were kept. */
  forget(): Promise<StoredTokens | undefined> {
    return this.#alone(async () => {
      const { key, store } = this.#keeping;
      const kept = this.#unsaved ?? (await this.#read());
      await this.#stored(() => store.delete(key));
      this.#current = undefined;
      this.#unsaved = undefined;
      return kept;
    });
  }

  #waitFor<Result>(flight: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    return signal === undefined
      ? flight
      : withDeadline(() => flight, { signals: [signal], timeoutMs: Number.POSITIVE_INFINITY });
  }

  #renewed(): Promise<StoredTokens> {
    if (this.#flight === undefined) this.#fly(this.#renew());
    return this.#flight as Promise<StoredTokens>;
  }

  #fly(flight: Promise<StoredTokens>): void {
    this.#flight = flight;
    const landed = () => {
      if (this.#flight === flight) this.#flight = undefined;
    };
    flight.then(landed, landed);
  }

  #holds(tokens: StoredTokens): boolean {
    const { accessToken, obtainedAtMs, expiresAtMs } = tokens;
    const lifeMs = expiresAtMs - obtainedAtMs;
    const marginMs = lifeMs > renewBeforeMs ? renewBeforeMs : lifeMs / 2;
    return !this.#refused.has(accessToken) && expiresAtMs - this.#keeping.now() >= marginMs;
  }

  #renew(): Promise<StoredTokens> {
    return this.#alone(async () => {
      const stored = await this.#saved();
      if (stored !== undefined && this.#holds(stored)) {
        this.#current = stored;
        this.#failure = undefined;
        return stored;
      }
      try {
        return await this.#obtain(stored);
      } catch (error) {
        if (stored === undefined) throw error;
        if (isAsapError(error) && error.code === "asap:auth/unavailable" && this.#isUsable(stored)) return stored;
        const { key, store } = this.#keeping;
        if (isRefusedGrant(error) && stored.refreshToken !== undefined) await this.#stored(() => store.delete(key));
        throw error;
      }
    });
  }

  /** Gets new tokens and stores them. A failure stands for a while, unless somebody else stored another refresh token. */
  async #obtain(stored: StoredTokens | undefined): Promise<StoredTokens> {
    const { now, renew } = this.#keeping;
    const refreshToken = stored?.refreshToken;
    const last = this.#failure?.refreshToken === refreshToken ? this.#failure : undefined;
    const sinceMs = last === undefined ? 0 : now() - last.atMs;
    if (last !== undefined && sinceMs >= 0 && sinceMs < last.waitMs) throw last.error;
    try {
      return await this.#keep(await renew(stored));
    } catch (error) {
      if (isAsapError(error) && error.code === "asap:auth/token_store_failed") throw error;
      const waitMs = last === undefined ? firstWaitMs : Math.min(longestWaitMs, last.waitMs * 2);
      this.#failure = { error, atMs: now(), waitMs, refreshToken };
      throw error;
    }
  }

  #isUsable({ accessToken, expiresAtMs }: StoredTokens): boolean {
    return expiresAtMs > this.#keeping.now() && !this.#refused.has(accessToken);
  }

  /** The tokens of the store, once those that could not be stored before are there, unless somebody stored newer ones. */
  async #saved(): Promise<StoredTokens | undefined> {
    const stored = await this.#read();
    const unsaved = this.#unsaved;
    if (unsaved === undefined || (stored !== undefined && stored.obtainedAtMs > unsaved.obtainedAtMs)) return stored;
    return this.#keep(unsaved);
  }

  async #read(): Promise<StoredTokens | undefined> {
    const { key, store } = this.#keeping;
    const read = await this.#stored(() => store.get(key));
    return areTokens(read) ? read : undefined;
  }

  /** Runs work while nobody else who uses the store runs any for this key. */
  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const { key, store } = this.#keeping;
    if (store.exclusive === undefined) return work();
    const run = async () => (await Promise.allSettled([work()]))[0];
    const outcome = await this.#stored(async () => store.exclusive?.(key, run));
    if (outcome === undefined) throw storeFailed("the store ran nothing");
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  /** Stores tokens before anybody uses them. */
  async #keep(tokens: StoredTokens): Promise<StoredTokens> {
    const { key, store, issuer } = this.#keeping;
    this.#unsaved = tokens;
    await this.#stored(() => store.set(key, tokens));
    this.#unsaved = undefined;
    if (this.#refused.has(tokens.accessToken)) {
      const description = "the token that a peer refused was given again";
      throw new AsapError("asap:auth/token_request_failed", {
        message: `The identity provider gave no other token: ${description}.`,
        data: { issuer, error: "same_token", error_description: description },
      });
    }
    this.#current = tokens;
    this.#failure = undefined;
    return tokens;
  }

  async #stored<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      if (isAsapError(cause)) throw cause;
      throw storeFailed("the store threw");
    }
  }
}

const storeFailed = (reason: string): AsapError => new AsapError("asap:auth/token_store_failed", { data: { reason } });

/** Whether an issuer said that a refresh token or a code does not hold. */
export const isRefusedGrant = (error: unknown): boolean =>
  isAsapError(error) && error.code === "asap:auth/token_request_failed" && error.data["error"] === "invalid_grant";
