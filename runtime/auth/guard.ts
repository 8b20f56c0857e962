import type { ProtocolDefinition, RouteDefinition } from "../../generated/contract.js";
import type { AsapErrorCode } from "../../generated/errors.js";
import type { Log } from "../observe/log.js";

/** Who a request comes from, as its access token says. */
export interface Identity {
  /** Claim `iss`: who issued the token. */
  readonly issuer: string;
  /** Claim `sub`: whom it was issued for. */
  readonly subject: string;
  /** Claim `client_id` or `azp`: the client it was issued to, where it says so. */
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  /** Agent that the token names as the caller; undefined where it names none. */
  readonly agent: string | undefined;
  /** From when on the token no longer holds, in milliseconds since 1970; Infinity for one that says no end. */
  readonly expiresAtMs: number;
  /** Every claim of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Why a request is refused before it is read. */
export interface AccessRefusal {
  readonly status: 401 | 403 | 503;
  readonly code: AsapErrorCode;
  /** Text of the refusal on the wire. */
  readonly detail: string;
  /** Parameters of the WWW-Authenticate challenge (RFC 6750 section 3), where one belongs in the answer. */
  readonly challenge?: Readonly<Record<string, string>>;
  /** When it may be tried again, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** Facts of a protected resource for whoever needs a token for it (RFC 9728 section 2). */
export interface ResourceFacts {
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
}

/** Decides who may use an agent, by access tokens. */
export interface AccessGuard {
  /** Members of `auth.oauth2` in the manifest. */
  readonly manifestFacts: Readonly<Record<string, unknown>>;
  readonly resourceFacts: ResourceFacts;
  /** The scope a route takes; null for a route that is open. */
  scopeOfRoute(route: RouteDefinition): string | null;
  /** The scope a message takes beside that of its route; null for none. */
  scopeOfMessage(scope: string | null): string | null;
  /**
   * Judges the Authorization header of a request. Never rejects; gives no promise where the token is known already.
   *
   * @param authorization Value of the header.
   * @param scope Scope the token must hold.
   */
  admit(authorization: string | undefined, scope: string): Identity | AccessRefusal | Promise<Identity | AccessRefusal>;
}

/** What a guard is told of the agent it stands before. */
export interface GuardedAgent {
  /** Id in the agent's manifest. */
  readonly id: string;
  readonly protocol: ProtocolDefinition;
  readonly log: Log;
  readonly now: () => number;
}

/** A way of guarding agents, as `resourceServer` of `asap-kit/auth` makes it. */
export interface AccessControl {
  guard(agent: GuardedAgent): AccessGuard;
}

/** Whether a judgement is a refusal. */
export const isRefusal = (judged: Identity | AccessRefusal): judged is AccessRefusal => "status" in judged;
