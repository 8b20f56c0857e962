import { lookup } from "node:dns/promises";

/** Finds the addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** What a name resolved to, for a while. */
export interface KnownNames {
  /**
   * Finds the addresses of a name: as they were found before, where that is not longer ago than `ttlMs`, or along with
   * whoever asked for them less than 5 s ago. Nothing is judged.
   *
   * @param name In lower case, without the dot at its end.
   * @param ttlMs Longest age of an answer, in milliseconds; 0 asks anew.
   * @returns The addresses, maybe none.
   * @throws What the resolver throws, which is not kept.
   */
  addressesOf(name: string, ttlMs: number): Promise<readonly string[]>;
  /** Has a name asked for anew, unless that was done since it had these addresses. */
  forget(name: string, addresses: readonly string[]): void;
}

interface Answer {
  readonly askedMs: number;
  readonly found: Promise<readonly string[]>;
  addresses?: readonly string[];
}

const mostNames = 1_000;

/** How long others wait along with a question, in milliseconds: as long as a connection waits for its address. */
const sharedForMs = 5_000;

/**
 * Keeps what a resolver answers: 1,000 names at most, of which the one asked for longest ago gives way. Failures and
 * answers without an address are not kept; a late answer is, until there is a newer one.
 *
 * @param resolve The resolver.
 * @param now Time that only goes on, in milliseconds. Default: that of the process.
 */
export function knownNames(resolve: Resolve, now: () => number = () => performance.now()): KnownNames {
  const answers = new Map<string, Answer>();

  const drop = (name: string, answer: Answer): void => {
    if (answers.get(name) === answer) answers.delete(name);
  };

  const isBehind = (latest: Answer, answer: Answer): boolean =>
    latest.addresses === undefined || latest.askedMs < answer.askedMs;

  const ask = (name: string): Promise<readonly string[]> => {
    const found = (async () => Object.freeze([...new Set(await resolve(name))]))();
    const answer: Answer = { askedMs: now(), found };
    answers.delete(name);
    answers.set(name, answer);
    for (const oldest of answers.keys()) {
      if (answers.size <= mostNames) break;
      answers.delete(oldest);
    }
    found.then(
      (addresses) => {
        answer.addresses = addresses;
        const latest = answers.get(name);
        if (addresses.length === 0) drop(name, answer);
        else if (latest !== undefined && isBehind(latest, answer)) answers.set(name, answer);
      },
      () => drop(name, answer),
    );
    return found;
  };

  return {
    addressesOf(name, ttlMs) {
      const known = answers.get(name);
      const usedForMs = known?.addresses === undefined ? Math.min(ttlMs, sharedForMs) : ttlMs;
      return known !== undefined && now() - known.askedMs < usedForMs ? known.found : ask(name);
    },
    forget(name, addresses) {
      const known = answers.get(name);
      if (known?.addresses === addresses) answers.delete(name);
    },
  };
}

const kept = new WeakMap<Resolve, KnownNames>();

/** What a resolver answered, one memory for each resolver. */
export function namesOf(resolve: Resolve): KnownNames {
  const names = kept.get(resolve) ?? knownNames(resolve);
  kept.set(resolve, names);
  return names;
}

/** The system's resolver: its hosts file and its name servers. */
export const systemResolver: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);
