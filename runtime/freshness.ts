import { AsapError, isAsapError } from "./error.js";
import { pythonText, pythonTypeName } from "./python-text.js";
import type { NonceStore } from "./state/nonce-store.js";

/** Bounds on the age of an envelope (wire section 8.1). */
export interface FreshnessLimits {
  /** Most milliseconds an envelope may be old. */
  readonly maxAgeMs: number;
  /** Most milliseconds an envelope may be ahead of this clock. */
  readonly maxAheadMs: number;
}

/**
 * Milliseconds since 1970 of a Timestamp that fits its schema; one without an offset is read as UTC.
 */
export function timestampMs(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  if (last === 0x5a && text.charCodeAt(10) === 0x54)
    return text.length === 24 ? millisecondForm(text) : Date.parse(text);
  const upper = `${text.slice(0, 10)}T${text.slice(11).toUpperCase()}`;
  return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(upper) ? upper : `${upper}Z`);
}

let dayText = "";
let dayMs = 0;

/**
 * Reads `YYYY-MM-DDTHH:MM:SS.mmmZ`, the form most senders write, by its digits; the day is read once for all messages
 * of that day.
 */
function millisecondForm(text: string): number {
  if (!text.startsWith(dayText) || dayText === "") {
    dayText = text.slice(0, 11);
    dayMs = Date.parse(`${dayText}00:00:00Z`);
  }
  return (
    dayMs +
    twoDigits(text, 11) * 3_600_000 +
    twoDigits(text, 14) * 60_000 +
    twoDigits(text, 17) * 1_000 +
    twoDigits(text, 20) * 10 +
    text.charCodeAt(22) -
    0x30
  );
}

const twoDigits = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;

/** A moment as error details write it: microseconds and `+00:00`. */
const detailTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000+00:00`;

const places = (ms: number): string => (ms / 1000).toFixed(1);

/**
 * Refuses an envelope that is too old or too far ahead.
 *
 * @returns The error `asap:protocol/invalid_timestamp`, or undefined when the envelope is fresh.
 */
export function checkFreshness(
  timestamp: string,
  envelopeId: string,
  now: number,
  limits: FreshnessLimits,
): AsapError | undefined {
  const at = timestampMs(timestamp);
  const ageMs = now - at;
  if (ageMs > limits.maxAgeMs) {
    const max = limits.maxAgeMs / 1000;
    return new AsapError("asap:protocol/invalid_timestamp", {
      message: `Envelope timestamp is too old: ${places(ageMs)} seconds (max: ${max} seconds)`,
      data: { timestamp: detailTime(at), age_seconds: ageMs / 1000, envelope_id: envelopeId, max_age_seconds: max },
    });
  }
  if (-ageMs > limits.maxAheadMs) {
    const max = limits.maxAheadMs / 1000;
    return new AsapError("asap:protocol/invalid_timestamp", {
      message: `Envelope timestamp is too far in the future: ${places(-ageMs)} seconds (max tolerance: ${max} seconds)`,
      data: {
        timestamp: detailTime(at),
        future_offset_seconds: -ageMs / 1000,
        envelope_id: envelopeId,
        max_future_tolerance_seconds: max,
      },
    });
  }
  return undefined;
}

/** Bounds on the nonces that are remembered. */
export interface NonceLogOptions {
  /** How long, in milliseconds, a nonce is remembered. */
  readonly lifetimeMs: number;
  /** Most nonces remembered; beyond it the oldest half is forgotten early. */
  readonly maxEntries: number;
}

/** Longest nonce taken, in characters, so that the memory for nonces is bounded. */
const maxNonceCharacters = 1_024;

/** Remembers nonces, of all senders together, so that none is used twice (wire section 8.1). */
export class NonceLog {
  readonly #lifetimeMs: number;
  readonly #maxEntries: number;
  /** When each nonce was used, the latest ones and those before them. */
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #since: number;

  constructor(options: NonceLogOptions, now: number) {
    this.#lifetimeMs = options.lifetimeMs;
    this.#maxEntries = Math.max(1, Math.ceil(options.maxEntries / 2));
    this.#since = now;
  }

  /**
   * Uses up the nonce of an envelope's extensions, if it has one.
   *
   * @returns The error `asap:protocol/invalid_nonce` when it is empty, too long, not a string or was used before.
   */
  use(nonce: unknown, envelopeId: string, now: number): AsapError | undefined {
    const refused = judgeNonce(nonce, envelopeId);
    if (typeof nonce !== "string" || refused !== undefined) return refused;
    const usedAt = this.#young.get(nonce) ?? this.#old.get(nonce);
    if (usedAt !== undefined && now - usedAt < this.#lifetimeMs) return usedNonce(nonce, envelopeId);
    if (this.#young.size >= this.#maxEntries || now - this.#since >= this.#lifetimeMs) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#since = now;
    }
    this.#young.set(nonce, now);
    return undefined;
  }
}

/** Remembers nonces in a store, for all instances of an agent together. */
export class StoredNonces {
  readonly #store: NonceStore;
  readonly #agentId: string;
  readonly #lifetimeMs: number;

  /**
   * @param agentId Keeps the nonces of agents that share a store apart.
   * @param lifetimeMs How long, in milliseconds, a nonce is remembered.
   */
  constructor(store: NonceStore, agentId: string, lifetimeMs: number) {
    this.#store = store;
    this.#agentId = agentId;
    this.#lifetimeMs = lifetimeMs;
  }

  /**
   * Uses up a nonce, as {@link NonceLog.use} does.
   *
   * @throws AsapError `asap:state/unavailable` where the store cannot tell whether it is new, which refuses its use.
   */
  async use(nonce: unknown, envelopeId: string): Promise<AsapError | undefined> {
    const refused = judgeNonce(nonce, envelopeId);
    if (typeof nonce !== "string" || refused !== undefined) return refused;
    const isNew = await this.#store
      .use(await digest(`${this.#agentId}\n${nonce}`), this.#lifetimeMs)
      .catch((cause: unknown) => {
        throw isAsapError(cause) && cause.retryable ? cause : new AsapError("asap:state/unavailable", { cause });
      });
    return isNew ? undefined : usedNonce(nonce, envelopeId);
  }
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The error of what cannot be a nonce. */
function judgeNonce(nonce: unknown, envelopeId: string): AsapError | undefined {
  if (typeof nonce !== "string" || nonce === "") {
    const kind = nonce === "" ? "empty string" : pythonTypeName(nonce);
    const shown = nonce === null ? "None" : typeof nonce === "object" ? JSON.stringify(nonce) : pythonText(nonce);
    return invalidNonce(`Nonce must be a non-empty string, got ${kind}`, shown, envelopeId);
  }
  if (nonce.length <= maxNonceCharacters) return undefined;
  const shown = `${nonce.slice(0, 64)}...`;
  return invalidNonce(`Nonce must have at most ${maxNonceCharacters} characters`, shown, envelopeId);
}

const usedNonce = (nonce: string, envelopeId: string): AsapError =>
  invalidNonce(`Duplicate nonce detected: ${nonce}`, nonce, envelopeId);

const invalidNonce = (message: string, nonce: string, envelopeId: string): AsapError =>
  new AsapError("asap:protocol/invalid_nonce", { message, data: { nonce, envelope_id: envelopeId } });
