/** An answer as it is kept: the whole response, as JSON text. */
export type Answer = string;

type Found = Answer | Promise<Answer>;

export interface AnswerLogOptions {
  /** Most answers kept; at least half of that many of the latest are. */
  readonly maxEntries: number;
  /** Most characters of answers kept. */
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

const look = (index: Map<string, Map<string, Found>>, owner: string, id: string): Found | undefined =>
  index.get(owner)?.get(id);

function put(index: Map<string, Map<string, Found>>, owner: string, id: string, found: Found): void {
  const ofOwner = index.get(owner);
  if (ofOwner === undefined) index.set(owner, new Map([[id, found]]));
  else ofOwner.set(id, found);
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

  constructor(options: AnswerLogOptions, now: number) {
    this.#maxEntries = Math.max(1, Math.ceil(options.maxEntries / 2));
    this.#maxCharacters = Math.max(1, Math.ceil(options.maxCharacters / 2));
    this.#minAgeMs = options.minAgeMs;
    this.#young = generation(now);
    this.#old = generation(now);
  }

  /**
   * The answer to an earlier message of the same owner with the same envelope id or key, or the promise of one
   * that is still being made. An empty or absent id or key matches nothing.
   */
  find(owner: string, envelopeId: string | null | undefined, key: string | undefined): Found | undefined {
    let found: Found | undefined;
    if (envelopeId) {
      found = look(this.#young.byEnvelope, owner, envelopeId) ?? look(this.#old.byEnvelope, owner, envelopeId);
    }
    if (found === undefined && key) {
      found = look(this.#young.byKey, owner, key) ?? look(this.#old.byKey, owner, key);
    }
    return found;
  }

  /** Keeps an answer, or the promise of one, which is replaced by the answer when it is there. */
  keep(owner: string, envelopeId: string | null | undefined, key: string | undefined, found: Found, now: number): void {
    if (!envelopeId && !key) return;
    const young = this.#turn(now);
    if (envelopeId) put(young.byEnvelope, owner, envelopeId, found);
    if (key) put(young.byKey, owner, key, found);
    young.entries += 1;
    if (typeof found === "string") {
      young.characters += found.length;
      return;
    }
    void found.then((answer) => {
      young.characters += answer.length;
      if (envelopeId) put(young.byEnvelope, owner, envelopeId, answer);
      if (key) put(young.byKey, owner, key, answer);
    });
  }

  #turn(now: number): Generation {
    const young = this.#young;
    const full = young.entries >= this.#maxEntries || young.characters >= this.#maxCharacters;
    if (!full && now - young.since < this.#minAgeMs) return young;
    this.#old = young;
    this.#young = generation(now);
    return this.#young;
  }
}
