import { stripVTControlCharacters } from "node:util";
import { jsonText } from "./peer-command.js";

type Members = Readonly<Record<string, unknown>>;

/** What a token says of itself; neither its text nor its signature is part of it. */
export interface TokenFacts {
  /** A signed token (RFC 7515), an encrypted one (RFC 7516), or one that only its issuer can read. */
  readonly kind: "jwt" | "jwe" | "opaque";
  readonly header: Members | null;
  readonly claims: Members | null;
  readonly scopes: readonly string[];
  /** From when on it no longer holds, in ISO 8601; null where it does not say. */
  readonly expires_at: string | null;
  /** The same in seconds from now, below 0 for a time that has passed. */
  readonly expires_in: number | null;
}

/**
 * Reads what a token says, without a look at its signature.
 *
 * @param token its text
 * @param nowMs current time in milliseconds since 1970
 */
export async function readToken(token: string, nowMs: number): Promise<TokenFacts> {
  const [{ decodeJwt, decodeProtectedHeader }, { scopesOf }] = await Promise.all([
    import("jose"),
    import("../auth/resource-server.js"),
  ]);
  const header = attempt(() => decodeProtectedHeader(token));
  const claims = attempt(() => decodeJwt(token));
  const kind = claims !== null && header !== null ? "jwt" : header !== null ? "jwe" : "opaque";
  return { kind, header, claims, scopes: scopesOf(claims ?? {}), ...expiry(claims?.["exp"], nowMs) };
}

function attempt(read: () => object): Members | null {
  try {
    return { ...read() };
  } catch {
    return null;
  }
}

/** A time in seconds since 1970 as facts tell of it. */
export function expiry(exp: unknown, nowMs: number): Pick<TokenFacts, "expires_at" | "expires_in"> {
  const date = new Date(typeof exp === "number" ? exp * 1_000 : Number.NaN);
  if (Number.isNaN(date.getTime())) return { expires_at: null, expires_in: null };
  return { expires_at: date.toISOString(), expires_in: Math.floor((date.getTime() - nowMs) / 1_000) };
}

const kinds = { jwt: "JWT", jwe: "encrypted JWT", opaque: "opaque, only its issuer can read it" };

/**
 * What a token says, for people.
 *
 * @param judged what is known of its signature, such as `not verified`
 */
export function describeToken(facts: TokenFacts, judged: string): string {
  const { kind, header, claims, scopes, expires_at, expires_in } = facts;
  const lines = [
    `token: ${kinds[kind]}; ${judged}`,
    ...(header === null ? [] : [`header: ${jsonText(header)}`]),
    ...(claims === null ? [] : [`claims: ${jsonText(claims)}`]),
    ...(scopes.length === 0 ? [] : [`scopes: ${scopes.join(" ")}`]),
    ...(expires_at === null ? [] : [`expires: ${expires_at}, ${untilText(expires_in)}`]),
  ];
  return stripVTControlCharacters(lines.join("\n"));
}

/** A time from now in words: `in 600 s`, `30 s ago`. */
export const untilText = (seconds: number | null): string =>
  seconds === null ? "at an unknown time" : seconds >= 0 ? `in ${seconds} s` : `${-seconds} s ago`;
