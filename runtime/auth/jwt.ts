import {
  type CryptoKey,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { repeatedMember } from "./json-members.js";
import type { KeySet, Keys } from "./jwks.js";
import { unavailable } from "./unavailable.js";

/** What a token must be to hold. */
export interface JwtRules {
  readonly issuer: string;
  /** One of these must be among its audiences. */
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly clockToleranceSeconds: number;
  readonly keys: KeySet;
  readonly now: () => number;
}

/** Claims of a token that holds; `exp` and `sub` are there. */
type VerifiedClaims = JWTPayload & { readonly iss: string; readonly sub: string; readonly exp: number };

/** Why a token does not hold, as a word for the log. */
export interface TokenFault {
  readonly fault: string;
}

/** Algorithms that are taken unless options say otherwise: signatures by asymmetric keys (RFC 7518, RFC 8037). */
export const asymmetricAlgorithms: readonly string[] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const types = new Set(["jwt", "at+jwt", "application/at+jwt"]);
/** Header members that bring a key along; an access token has no use for them (RFC 8725 section 3.10). */
const foreignKeys = ["jwk", "jku", "x5u", "x5c"];
/** Claims of tokens that are no access tokens: logout and security event tokens, id tokens, tokens bound to a proof. */
const foreignClaims = ["events", "at_hash", "c_hash", "s_hash", "cnf"];
const longestKid = 1_024;
const mostCandidates = 4;

const fault = (reason: string): TokenFault => ({ fault: reason });

/** Whether a token has the form of a JWT, so that it is judged here and not by introspection. */
export const isJwt = (token: string): boolean => compact.test(token) && token.startsWith("ey");

/**
 * Verifies an access token in the form of a JWT.
 *
 * @returns Its claims, or why it does not hold.
 * @throws AsapError `asap:auth/unavailable` where the keys cannot be had.
 * @see RFC 7519, section 7.2; RFC 8725, section 3; RFC 9068, section 4
 */
export async function verifyJwt(token: string, rules: JwtRules): Promise<VerifiedClaims | TokenFault> {
  const [, ...parts] = compact.exec(token) ?? [];
  if (parts.length !== 3 || !parts.every(isCanonical)) return fault("malformed");
  const [headerText = "", claimsText = ""] = parts.map((part) => Buffer.from(part, "base64url").toString("utf8"));
  const header = objectOf(headerText);
  const claims = objectOf(claimsText);
  if (header === undefined || claims === undefined) return fault("malformed");
  const wrong = headerFault(header, rules) ?? contentFault(claims, rules);
  if (wrong !== undefined) return fault(wrong);

  const known = await rules.keys.get();
  const judged = await check(token, known, rules);
  if (judged !== "key") return judged;
  const fresh = await early(rules.keys, known);
  if (fresh === undefined) return fault("signature");
  const again = await check(token, fresh, rules);
  return again === "key" ? fault("signature") : again;
}

/** Keys fetched for a token that the known ones do not fit; undefined where there are none newer. */
async function early(keys: KeySet, known: Keys): Promise<Keys | undefined> {
  const none = known.prints.size === 0;
  const fresh = await keys.early()?.catch((cause: unknown) => {
    if (none) throw cause;
    return undefined;
  });
  if ((fresh ?? known).prints.size > 0) return fresh;
  throw unavailable("its key set holds no public key for signatures");
}

/** Judges signature and claims with some keys; `key` where no key fits or the signature is of another. */
async function check(token: string, keys: Keys, rules: JwtRules): Promise<VerifiedClaims | TokenFault | "key"> {
  const options: JWTVerifyOptions = {
    algorithms: [...rules.algorithms],
    issuer: rules.issuer,
    audience: [...rules.audience],
    clockTolerance: rules.clockToleranceSeconds,
    currentDate: new Date(rules.now()),
    requiredClaims: ["exp", "sub"],
  };
  try {
    const { payload } = await jwtVerify(token, keys.find, options).catch((cause: unknown) => {
      if (!(cause instanceof errors.JWKSMultipleMatchingKeys)) throw cause;
      return tryEach(token, cause, options);
    });
    return payload as VerifiedClaims;
  } catch (cause) {
    if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWSSignatureVerificationFailed)
      return "key";
    if (cause instanceof errors.JWTExpired) return fault("expired");
    if (cause instanceof errors.JWTClaimValidationFailed) return fault(`claim ${cause.claim}`);
    if (cause instanceof errors.JOSEAlgNotAllowed) return fault("algorithm");
    return fault("malformed");
  }
}

/** Tries the keys that fit a token without a key id. */
async function tryEach(token: string, candidates: AsyncIterable<CryptoKey>, options: JWTVerifyOptions) {
  let tried = 0;
  for await (const key of candidates) {
    tried += 1;
    if (tried > mostCandidates) break;
    try {
      return await jwtVerify(token, key, options);
    } catch (cause) {
      if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

/** Whether a part has the one spelling in base64url that its bytes have (RFC 7515 section 2, RFC 4648 section 3.5). */
const isCanonical = (part: string): boolean => Buffer.from(part, "base64url").toString("base64url") === part;

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const object = value as Readonly<Record<string, unknown>>;
    return Object.hasOwn(object, "__proto__") || repeatedMember(text) !== undefined ? undefined : object;
  } catch {
    return undefined;
  }
}

function headerFault(header: Readonly<Record<string, unknown>>, rules: JwtRules): string | undefined {
  const { alg, typ, kid } = header as Partial<JWTHeaderParameters>;
  if (typeof alg !== "string" || !rules.algorithms.includes(alg)) return "algorithm";
  if (typ !== undefined && !(typeof typ === "string" && types.has(typ.toLowerCase()))) return "type";
  if (kid !== undefined && !(typeof kid === "string" && kid.length <= longestKid)) return "key id";
  if (Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64")) return "critical header";
  return foreignKeys.some((name) => Object.hasOwn(header, name)) ? "key in the header" : undefined;
}

/** What the claims lack beyond what the JOSE library judges. */
function contentFault(claims: Readonly<Record<string, unknown>>, rules: JwtRules): string | undefined {
  const { iss, sub, exp, nbf, iat } = claims as Partial<JWTPayload>;
  if (iss !== rules.issuer) return "claim iss";
  if (typeof sub !== "string" || sub === "") return "claim sub";
  const isTime = (value: unknown) => typeof value === "number" && Number.isFinite(value);
  if (!isTime(exp)) return "claim exp";
  if (nbf !== undefined && !isTime(nbf)) return "claim nbf";
  if (iat !== undefined) {
    if (!isTime(iat)) return "claim iat";
    if (iat > rules.now() / 1_000 + rules.clockToleranceSeconds) return "claim iat";
  }
  const foreign = foreignClaims.find((name) => Object.hasOwn(claims, name));
  if (foreign !== undefined) return `claim ${foreign}`;
  return /^(?:id|refresh|offline|logout)$/i.test(String(claims["typ"] ?? claims["token_use"] ?? ""))
    ? "kind"
    : undefined;
}
