import { createLocalJWKSet, type JWK } from "jose";
import { type IssuerFetchOptions, issuerDocument } from "./metadata.js";
import { Refreshed } from "./refreshed.js";

/** When the keys of an issuer are fetched. */
export interface KeySetRules {
  /** How long fetched keys are used without asking again, in seconds. Default: 600. */
  readonly maxAgeSeconds?: number;
  /** How much longer they are used while they cannot be fetched, in seconds. Default: 3,600. */
  readonly staleSeconds?: number;
  /** Least time between fetches that unknown keys and bad signatures cause, in seconds. Default: 30. */
  readonly cooldownSeconds?: number;
}

/** The keys of an issuer at one moment. */
export interface Keys {
  /** Finds the key of a token (RFC 7517 section 4). */
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly prints: ReadonlySet<string>;
}

/** The public keys of an issuer. */
export interface KeySet {
  /** How often a key has left the set. */
  readonly departures: number;
  /** @throws AsapError `asap:auth/unavailable`. */
  get(): Keys | Promise<Keys>;
  /** Fetches the keys before their time; undefined while that was done too recently. */
  early(): Promise<Keys> | undefined;
}

const mostKeys = 200;
const kinds = new Set(["RSA", "EC", "OKP"]);

/** Whether a key may verify signatures: asymmetric, public, and meant for it. */
function isUsable(key: unknown): key is JWK {
  if (typeof key !== "object" || key === null || Array.isArray(key)) return false;
  const { kty, use, key_ops, d } = key as JWK;
  if (kty === undefined || !kinds.has(kty) || d !== undefined) return false;
  if (use !== undefined && use !== "sig") return false;
  return key_ops === undefined || (Array.isArray(key_ops) && key_ops.includes("verify"));
}

/**
 * Reads a JSON Web Key Set, leaving out keys that cannot verify.
 *
 * @see RFC 7517, section 5
 */
function keysOf(document: Readonly<Record<string, unknown>>): Keys {
  const listed = document["keys"];
  const keys = Array.isArray(listed) ? listed.slice(0, mostKeys).filter(isUsable) : [];
  return { find: createLocalJWKSet({ keys }), prints: new Set(keys.map((key) => JSON.stringify(key))) };
}

const differ = (before: Keys, after: Keys): boolean =>
  before.prints.size !== after.prints.size || [...after.prints].some((print) => !before.prints.has(print));

/**
 * The keys of an issuer, fetched when a token needs them.
 *
 * @param uri Gives the URL of the key set.
 */
export function remoteKeySet(uri: () => Promise<string>, rules: KeySetRules, options: IssuerFetchOptions): KeySet {
  const { maxAgeSeconds = 600, staleSeconds = 3_600, cooldownSeconds = 30 } = rules;
  let departures = 0;
  let latest: Keys | undefined;
  const load = async (): Promise<Keys> => {
    const keys = keysOf(await issuerDocument(await uri(), options));
    if (latest !== undefined && [...latest.prints].some((print) => !keys.prints.has(print))) departures += 1;
    latest = keys;
    return keys;
  };
  const refreshed = new Refreshed(load, {
    maxAgeMs: maxAgeSeconds * 1_000,
    staleMs: staleSeconds * 1_000,
    cooldownMs: cooldownSeconds * 1_000,
    now: options.now ?? Date.now,
  });
  return {
    get departures() {
      return departures;
    },
    get: () => refreshed.get(),
    early: () => refreshed.early(differ),
  };
}
