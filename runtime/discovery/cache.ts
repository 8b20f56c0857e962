/** A value and how long it may be used without asking again. */
export interface Cached<T> {
  readonly value: T;
  /** Validator for If-None-Match; null without one. */
  readonly etag: string | null;
  /** End of its freshness, in milliseconds since 1970. */
  readonly freshUntil: number;
}

/** Values by key, the longest unused dropped first, and the fetches under way. */
export interface FetchCache<T> {
  /** The value under a key, fresh or not. */
  get(key: string): Cached<T> | undefined;
  set(key: string, cached: Cached<T>): void;
  delete(key: string): void;
  /** Lets concurrent callers of one key share one run of the work. Its failure is kept for nobody. */
  share(key: string, work: () => Promise<T>): Promise<T>;
  /** Forgets every value. */
  clear(): void;
}

/**
 * Makes a cache for fetched documents.
 *
 * @param max Most values it keeps. Default: 1,000.
 */
export function createFetchCache<T>(max = 1_000): FetchCache<T> {
  const entries = new Map<string, Cached<T>>();
  const pending = new Map<string, Promise<T>>();
  return {
    get(key) {
      const cached = entries.get(key);
      if (cached === undefined) return undefined;
      entries.delete(key);
      entries.set(key, cached);
      return cached;
    },
    set(key, cached) {
      entries.delete(key);
      entries.set(key, cached);
      const oldest = entries.size > max ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
    },
    delete(key) {
      entries.delete(key);
    },
    share(key, work) {
      const running = pending.get(key);
      if (running !== undefined) return running;
      const started = work().finally(() => pending.delete(key));
      pending.set(key, started);
      return started;
    },
    clear() {
      entries.clear();
    },
  };
}

const longestAgeSeconds = 86_400;

/**
 * How long an answer may be used without asking again.
 *
 * @param cacheControl Value of its Cache-Control header.
 * @param defaultSeconds Used where the header names no time.
 * @returns Seconds, at most a day; 0 for an answer to revalidate each time, undefined for one not to be kept.
 * @see RFC 9111, section 5.2
 */
export function freshSeconds(cacheControl: string | null, defaultSeconds: number): number | undefined {
  const named = new Map<string, string>();
  for (const directive of (cacheControl ?? "").toLowerCase().split(",")) {
    const [name = "", value = ""] = directive.split("=", 2);
    named.set(name.trim(), value.trim());
  }
  if (named.has("no-store")) return undefined;
  if (named.has("no-cache")) return 0;
  const age = (named.get("max-age") ?? "").replaceAll('"', "");
  return /^\d+$/.test(age) ? Math.min(Number(age), longestAgeSeconds) : defaultSeconds;
}

/** The key of a document: its URL and the headers that may change the answer. */
export function cacheKey(url: string, headers: Headers): string {
  return JSON.stringify([url, ...headers]);
}
