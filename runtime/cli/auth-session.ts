import { stripVTControlCharacters } from "node:util";
import { expiry, untilText } from "./auth-claims.js";
import type { KeptLogin } from "./auth-store.js";

/** A login as commands tell of it; no token is part of it. */
export interface LoginFacts {
  readonly issuer: string;
  readonly client_id: string;
  readonly scopes: readonly string[];
  readonly audience: string | null;
  readonly resources: readonly string[];
  /** Until when the access token holds, in ISO 8601. */
  readonly expires_at: string | null;
  /** The same in seconds from now, below 0 for a time that has passed. */
  readonly expires_in: number | null;
  /** Whether there is a refresh token. */
  readonly renewable: boolean;
}

/**
 * What is told of a login.
 *
 * @param nowMs current time in milliseconds since 1970
 */
export function factsOf({ issuer, clientId, scope, audience, resource, tokens }: KeptLogin, nowMs: number): LoginFacts {
  const granted = tokens.scope?.split(" ").filter((each) => each !== "");
  return {
    issuer,
    client_id: clientId,
    scopes: granted ?? scope,
    audience: audience ?? null,
    resources: resource,
    ...expiry(tokens.expiresAtMs / 1_000, nowMs),
    renewable: tokens.refreshToken !== undefined,
  };
}

/** The same for people, in one line. */
export function describeLogin(facts: LoginFacts): string {
  const { issuer, client_id, scopes, audience, resources, expires_in, renewable } = facts;
  const words = [
    `${issuer} as ${client_id}`,
    ...(scopes.length > 0 ? [`scopes ${scopes.join(" ")}`] : []),
    ...(audience === null ? [] : [`audience ${audience}`]),
    ...resources.map((resource) => `resource ${resource}`),
    `${expires_in !== null && expires_in < 0 ? "expired" : "expires"} ${untilText(expires_in)}`,
    renewable ? "renewed when needed" : "not renewed",
  ];
  return stripVTControlCharacters(words.join("; ")).replace(/\s+/g, " ");
}
