/** Tokens as they are kept. Times are those of this host's clock, in milliseconds since 1970. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly obtainedAtMs: number;
  readonly expiresAtMs: number;
  readonly refreshToken?: string;
  /** Scopes that were granted, with spaces between. */
  readonly scope?: string;
}

/**
 * Where tokens are kept between calls, and between runs of a program. A key names the issuer, the client, the scopes, the
 * audience and the resources that the tokens are for; it holds no secret.
 */
export interface TokenStore {
  get(key: string): Promise<StoredTokens | undefined>;
  set(key: string, tokens: StoredTokens): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Runs work while nobody else who uses the store runs any for the same key, so that a refresh token is used once.
   * Default: work runs at once.
   */
  exclusive?<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** Makes a store that forgets with the process. */
export function memoryTokens(): TokenStore {
  const kept = new Map<string, StoredTokens>();
  const queues = new Map<string, Promise<unknown>>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, tokens) => void kept.set(key, tokens),
    delete: async (key) => void kept.delete(key),
    exclusive(key, work) {
      const turn = (queues.get(key) ?? Promise.resolve()).then(work, work);
      queues.set(key, turn);
      const leave = () => {
        if (queues.get(key) === turn) queues.delete(key);
      };
      turn.then(leave, leave);
      return turn;
    },
  };
}

/** Whether a value read from somewhere is tokens as they are kept. */
export function areTokens(value: unknown): value is StoredTokens {
  if (typeof value !== "object" || value === null) return false;
  const { accessToken, obtainedAtMs, expiresAtMs, refreshToken, scope } = value as Record<string, unknown>;
  return (
    typeof accessToken === "string" &&
    typeof obtainedAtMs === "number" &&
    typeof expiresAtMs === "number" &&
    (refreshToken === undefined || typeof refreshToken === "string") &&
    (scope === undefined || typeof scope === "string")
  );
}
