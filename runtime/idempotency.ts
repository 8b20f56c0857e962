/** An answer as it is kept: the whole response, as JSON text. */
export type Answer = string;

type Found = Answer | Promise<Answer>;

/** Bounds on the answers that are kept. */
export interface AnswerLogOptions {
  /** Most answers kept; at least half of that many of the latest are. */
  readonly maxEntries: number;
  /** Most characters of answers, and of the ids and keys they are found by, kept. */
  readonly maxCharacters: number;
  /** How long, in milliseconds, an answer is kept at least, within the other bounds. */
  readonly minAgeMs: number;
}

interface Generation {
  readonly byEnvelope: Map<string, Map<string, Found>>;
  readonly byKey: Map<string, Map<string, Found>>;
  entries: number;
  characters: number;
  readonly since: number;
}

const generation = (now: number): Generation => ({
  byEnvelope: new Map(),
  byKey: new Map(),
  entries: 0,
  characters: 0,
  since: now,
});

function put(index: Map<string, Map<string, Found>>, owner: string, id: string, found: Found): void {
  const ofOwner = index.get(owner);
  if (ofOwner === undefined) index.set(owner, new Map([[id, found]]));
  else ofOwner.set(id, found);
}

function drop(index: Map<string, Map<string, Found>>, owner: string, id: string): void {
  const ofOwner = index.get(owner);
  ofOwner?.delete(id);
  if (ofOwner?.size === 0) index.delete(owner);
}

/**
 * Remembers answers by who asked and by envelope id or idempotency key, so that a repeat is answered
 * without running anything again. Kept in memory, in two generations: when the younger is full or old
 * enough, the older is dropped whole.
 */
export class AnswerLog {
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  readonly #minAgeMs: number;
  #young: Generation;
  #old: Generation;
  /** Promises of answers; how many there are at once is not bounded here. */
  readonly #running: Generation;

  constructor(options: AnswerLogOptions, now: number) {
    this.#maxEntries = Math.max(1, Math.ceil(options.maxEntries / 2));
    this.#maxCharacters = Math.max(1, Math.ceil(options.maxCharacters / 2));
    this.#minAgeMs = options.minAgeMs;
    this.#young = generation(now);
    this.#old = generation(now);
    this.#running = generation(now);
  }

  /**
   * The answer to an earlier message of the same owner with the same envelope id or key, or the promise of one
   * that is still being made. An empty or absent id or key matches nothing. Where one of the two matches, the answer
   * is kept under the other as well.
   */
  find(owner: string, envelopeId: string | null | undefined, key: string | undefined, now: number): Found | undefined {
    this.#turn(now);
    const byId = envelopeId ? this.#look("byEnvelope", owner, envelopeId) : undefined;
    const byKey = key ? this.#look("byKey", owner, key) : undefined;
    const found = byId ?? byKey;
    if (found === undefined) return undefined;
    if (byId === undefined) this.keep(owner, envelopeId, undefined, found, now);
    else if (byKey === undefined) this.keep(owner, undefined, key, found, now);
    return found;
  }

  #look(index: "byEnvelope" | "byKey", owner: string, id: string): Found | undefined {
    return (
      this.#young[index].get(owner)?.get(id) ??
      this.#old[index].get(owner)?.get(id) ??
      this.#running[index].get(owner)?.get(id)
    );
  }

  /** Keeps an answer, or the promise of one until it settles, then its answer. */
  keep(owner: string, envelopeId: string | null | undefined, key: string | undefined, found: Found, now: number): void {
    if (!envelopeId && !key) return;
    if (typeof found === "string") {
      this.#store(owner, envelopeId, key, found, now);
      return;
    }
    const running = this.#running;
    if (envelopeId) put(running.byEnvelope, owner, envelopeId, found);
    if (key) put(running.byKey, owner, key, found);
    const forget = () => {
      if (envelopeId) drop(running.byEnvelope, owner, envelopeId);
      if (key) drop(running.byKey, owner, key);
    };
    found.then((answer) => {
      forget();
      this.#store(owner, envelopeId, key, answer, now);
    }, forget);
  }

  #store(
    owner: string,
    envelopeId: string | null | undefined,
    key: string | undefined,
    answer: Answer,
    now: number,
  ): void {
    this.#turn(now);
    const young = this.#young;
    if (envelopeId) put(young.byEnvelope, owner, envelopeId, answer);
    if (key) put(young.byKey, owner, key, answer);
    young.entries += 1;
    young.characters += answer.length + (envelopeId?.length ?? 0) + (key?.length ?? 0);
  }

  #turn(now: number): void {
    const { entries, characters, since } = this.#young;
    const ageMs = now - since;
    if (entries < this.#maxEntries && characters < this.#maxCharacters && ageMs < this.#minAgeMs) return;
    this.#old = ageMs < 2 * this.#minAgeMs ? this.#young : generation(now);
    this.#young = generation(now);
  }
}
