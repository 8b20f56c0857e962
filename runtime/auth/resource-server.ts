import { hash } from "node:crypto";
import type { ProtocolDefinition, RouteDefinition } from "../../generated/contract.js";
import { httpUrl } from "../base-url.js";
import { isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import type { AccessControl, AccessGuard, AccessRefusal, GuardedAgent, Identity } from "./guard.js";
import { type Binding, type BindingOptions, createBinding, type Environment } from "./identity.js";
import { createIntrospection, type IntrospectionOptions } from "./introspection.js";
import { type KeySet, type KeySetRules, remoteKeySet } from "./jwks.js";
import { asymmetricAlgorithms, isJwt, type JwtRules, type TokenFault, verifyJwt } from "./jwt.js";
import { checkedIssuer, type IssuerFetchOptions, keptMetadata } from "./metadata.js";
import { VerifiedTokens } from "./verified-tokens.js";

/** How an agent is guarded by access tokens of one issuer. */
export interface ResourceServerOptions extends IssuerFetchOptions {
  /** Identifier of the issuer, a URL; compared with `iss` character by character. */
  readonly issuer: string;
  /** Audience the tokens must be for; of several, one must be among the token's. */
  readonly audience: string | readonly string[];
  /** URL of the issuer's keys. Default: `jwks_uri` of its metadata, which is not fetched otherwise. */
  readonly jwksUri?: string;
  /** Scope of POST /asap and of the WebSocket. Default: that of the protocol, `asap:execute`. */
  readonly requiredScope?: string;
  /** Scopes of the routes that are open otherwise, by name, such as `{ metrics: "asap:admin" }`. Default: none; they are open. */
  readonly routeScopes?: Readonly<Record<string, string | null>>;
  /** Claims that hold scopes, each a text or a list of texts. Default: `scope` and `scp`. */
  readonly scopeClaims?: readonly string[];
  /** Signature algorithms that are taken. Default: RS, PS, ES with SHA-2, EdDSA. Symmetric ones cannot be. */
  readonly algorithms?: readonly string[];
  /** How far clocks may be apart, in seconds, at most 60. Default: 30. */
  readonly clockToleranceSeconds?: number;
  /** Longest token, in characters. Default: 16,384. */
  readonly maxTokenBytes?: number;
  /** When the keys of the issuer are fetched. */
  readonly jwks?: KeySetRules;
  /** Lookup of opaque tokens; they are refused without it. */
  readonly introspection?: IntrospectionOptions;
  /** How tokens are bound to this agent. */
  readonly binding?: BindingOptions;
  /** Most verified tokens that are remembered, for a minute each. Default: 10,000. */
  readonly maxVerifiedTokens?: number;
  /** Environment variables. Default: those of the process. */
  readonly env?: Environment;
}

type Settings = ResourceServerOptions & {
  readonly audiences: readonly string[];
  readonly clockToleranceSeconds: number;
  readonly maxTokenBytes: number;
};

/** Most opaque tokens that are remembered as inactive, or refused for what else the issuer said of them. */
const mostRefused = 1_000;
const several = /, *bearer /i;
const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * Guards an agent with access tokens of an OAuth 2.0 or OpenID Connect issuer: signed ones (JWT) by the issuer's keys,
 * opaque ones by introspection. Given to `createAgent` as `auth`; HTTP, WebSocket and in-process callers are judged
 * alike. Nothing is fetched before the first token comes.
 *
 * @throws AsapError `asap:config/invalid_option`; `asap:transport/insecure_url` for a URL of the issuer with plain http to
 * another host, unless `allowInsecure` is set.
 * @see ASAP 1.1, sections 11 and 19; RFC 6750; RFC 9068; RFC 8725
 */
export function resourceServer(options: ResourceServerOptions): AccessControl {
  const settings = settingsOf(options);
  return { guard: (agent) => createGuard(agent, settings) };
}

function createGuard(agent: GuardedAgent, settings: Settings): AccessGuard {
  const { issuer, audiences, routeScopes = {}, jwksUri, clockToleranceSeconds } = settings;
  const usualScope = agent.protocol.routes["rpc"]?.scope ?? "asap:execute";
  const requiredScope = settings.requiredScope ?? usualScope;
  checkRouteScopes(routeScopes, agent.protocol, usualScope);
  const fetching: IssuerFetchOptions = { ...settings, now: settings.now ?? agent.now };
  const { now = Date.now } = fetching;
  const metadata = keptMetadata(issuer, fetching);
  const uri = async () => {
    const found = jwksUri ?? (await metadata()).jwks_uri;
    if (found === undefined) throw invalidOption("jwksUri", "is not in the metadata of the issuer and must be given");
    return found;
  };
  const keys = remoteKeySet(uri, settings.jwks ?? {}, fetching);
  const rules = { issuer, audience: audiences, clockToleranceSeconds, now };
  const verifier = new Verifier({
    jwt: { ...rules, keys, algorithms: settings.algorithms ?? asymmetricAlgorithms },
    introspect: settings.introspection && createIntrospection(settings.introspection, { ...rules, metadata, fetching }),
    binding: createBinding(agent, settings.binding ?? {}, settings.env ?? process.env),
    keys,
    scopeClaims: settings.scopeClaims ?? usualScopeClaims,
    verified: new VerifiedTokens(settings.maxVerifiedTokens ?? 10_000, now),
    refused: new VerifiedTokens(mostRefused, now),
    now,
  });
  const invalid: AccessRefusal = {
    status: 401,
    code: "asap:auth/invalid_token",
    detail: "Invalid authentication token",
    challenge: { error: "invalid_token", error_description: "The access token is expired, revoked or not valid here" },
  };
  const scopeOfRoute = (route: RouteDefinition): string | null => {
    if (Object.hasOwn(routeScopes, route.name)) return routeScopes[route.name] ?? null;
    return route.scope === usualScope || isOpenCall(route) ? requiredScope : route.scope;
  };
  const settle = (known: Verified, scope: string): Identity | AccessRefusal => {
    if ("fault" in known) {
      agent.log.info?.("asap.auth.refused", { status: 401, reason: known.fault });
      return invalid;
    }
    const { subject, scopes } = known.identity;
    const lacking = scopes.includes(scope) ? undefined : insufficientScope(scope);
    const refusal = lacking ?? known.unbound;
    if (refusal === undefined) return known.identity;
    const facts = lacking === undefined ? { detail: refusal.detail } : { required_scope: scope, scopes };
    agent.log.info?.("asap.auth.refused", { status: refusal.status, reason: refusal.code, subject, ...facts });
    return refusal;
  };
  const unavailable = (cause: unknown): AccessRefusal => {
    const reason = isAsapError(cause) ? cause.message : "unexpected fault";
    agent.log.warn?.("asap.auth.unavailable", { issuer, reason });
    return {
      status: 503,
      code: "asap:auth/unavailable",
      detail: "Authentication service unavailable",
      retryAfterSeconds: 1,
    };
  };

  return {
    manifestFacts: {
      issuer,
      audience: audiences,
      scopes: [requiredScope],
      ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
    },
    resourceFacts: {
      authorization_servers: [issuer],
      scopes_supported: [...new Set([requiredScope, ...Object.values(routeScopes).filter((scope) => scope !== null)])],
    },
    scopeOfRoute,
    scopeOfMessage: (scope) => (scope === usualScope ? null : scope),
    admit(authorization, scope) {
      const token = bearerToken(authorization);
      if (!token) return several.test(authorization ?? "") ? settle({ fault: "several credentials" }, scope) : missing;
      if (token.length > settings.maxTokenBytes) return settle({ fault: "malformed" }, scope);
      const found = verifier.verify(token);
      if (!(found instanceof Promise)) return settle(found, scope);
      return found.then((known) => settle(known, scope)).catch(unavailable);
    },
  };
}

/** Names that are no routes would leave open what was to be closed. */
function checkRouteScopes(
  routeScopes: Readonly<Record<string, string | null>>,
  { routes }: ProtocolDefinition,
  usualScope: string,
): void {
  for (const name of Object.keys(routeScopes)) {
    const option = `routeScopes.${name}`;
    if (!Object.hasOwn(routes, name)) throw invalidOption(option, "is no route of the protocol");
    const route = routes[name] as RouteDefinition;
    if (route.scope === usualScope || isOpenCall(route)) {
      throw invalidOption(option, "has its scope from requiredScope");
    }
  }
}

/** Whether messages come by a route that a protocol leaves open, which a guard does not. */
const isOpenCall = ({ name, scope, upgrade }: RouteDefinition): boolean =>
  scope === null && (name === "rpc" || upgrade !== undefined);

function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization?.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  return authorization.slice(7).trim();
}

const missing: AccessRefusal = {
  status: 401,
  code: "asap:auth/required",
  detail: "Authentication required",
  challenge: {},
};

const insufficientScope = (scope: string): AccessRefusal => ({
  status: 403,
  code: "asap:auth/insufficient_scope",
  detail: "Insufficient scope",
  challenge: { error: "insufficient_scope", scope },
});

/** What is known of a token: who it is of and whether it is bound to this agent, or why it does not hold. */
type Verified = TokenFault | Accepted;

interface Accepted {
  readonly identity: Identity;
  readonly unbound: AccessRefusal | undefined;
}

interface VerifierParts {
  readonly jwt: JwtRules;
  readonly introspect: ReturnType<typeof createIntrospection> | undefined;
  readonly binding: Binding;
  readonly keys: KeySet;
  readonly scopeClaims: readonly string[];
  readonly verified: VerifiedTokens<Accepted>;
  /** Opaque tokens that do not hold, so that a repeat of one is no lookup. */
  readonly refused: VerifiedTokens<TokenFault>;
  readonly now: () => number;
}

/** Verifies tokens and remembers those that hold. */
class Verifier {
  readonly #parts: VerifierParts;
  readonly #running = new Map<string, Promise<Verified>>();

  constructor(parts: VerifierParts) {
    this.#parts = parts;
  }

  verify(token: string): Verified | Promise<Verified> {
    const { verified, refused, keys } = this.#parts;
    const digest = hash("sha256", token, "base64");
    const known = verified.get(digest, keys.departures) ?? refused.get(digest, 0);
    if (known !== undefined) return known;
    if (!b64token.test(token)) return { fault: "malformed" };
    let running = this.#running.get(digest);
    if (running === undefined) {
      running = this.#judge(token, digest).finally(() => this.#running.delete(digest));
      this.#running.set(digest, running);
    }
    return running;
  }

  async #judge(token: string, digest: string): Promise<Verified> {
    const { jwt, introspect, binding, keys, verified, refused, now } = this.#parts;
    const { departures } = keys;
    const isOpaque = !isJwt(token);
    if (isOpaque && introspect === undefined) return { fault: "opaque" };
    const claims = isOpaque ? await introspect?.(token) : await verifyJwt(token, jwt);
    if (claims === undefined || isFault(claims)) {
      const judged = claims ?? { fault: "malformed" };
      if (isOpaque && judged.fault !== "claim nbf") refused.keep(digest, judged, Number.POSITIVE_INFINITY, 0);
      return judged;
    }
    const { exp } = claims;
    const endMs = typeof exp === "number" ? exp * 1_000 : Number.POSITIVE_INFINITY;
    const identity: Identity = {
      issuer: claims.iss,
      subject: claims.sub,
      clientId: [claims["client_id"], claims["azp"]].find((value) => typeof value === "string"),
      scopes: scopesOf(claims, this.#parts.scopeClaims),
      agent: binding.callerOf(claims),
      expiresAtMs: endMs > now() ? endMs : endMs + jwt.clockToleranceSeconds * 1_000,
      claims,
    };
    const accepted = { identity, unbound: binding.judge(claims, claims.sub) };
    verified.keep(digest, accepted, endMs, departures);
    return accepted;
  }
}

/** Claims of a token that holds name its subject; a fault does not. */
const isFault = (judged: object): judged is TokenFault => !Object.hasOwn(judged, "sub");

const usualScopeClaims = ["scope", "scp"];

/** Scopes of a token: claims that are each a text with single spaces between them or a list of texts. */
export function scopesOf(
  claims: Readonly<Record<string, unknown>>,
  names: readonly string[] = usualScopeClaims,
): readonly string[] {
  return names.flatMap((name) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (typeof value === "string") return value.split(" ").filter((scope) => scope !== "");
    return Array.isArray(value) ? value.filter((scope) => typeof scope === "string") : [];
  });
}

function settingsOf(options: ResourceServerOptions): Settings {
  httpUrl(checkedIssuer(options.issuer), options);
  const { clockToleranceSeconds = 30, maxTokenBytes = 16_384, algorithms = asymmetricAlgorithms } = options;
  const audiences = [options.audience ?? []].flat();
  if (audiences.length === 0 || !audiences.every((audience) => typeof audience === "string" && audience !== "")) {
    throw invalidOption("audience", "must be a text, or a list of texts");
  }
  if (options.jwksUri !== undefined) {
    checkedIssuer(options.jwksUri.replace(/[?#].*$/s, ""), "jwksUri");
    httpUrl(options.jwksUri, options);
  }
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 60)) {
    throw invalidOption("clockToleranceSeconds", "must be a number of seconds from 0 to 60");
  }
  if (!(Number.isInteger(maxTokenBytes) && maxTokenBytes > 0)) {
    throw invalidOption("maxTokenBytes", "must be a whole number above 0");
  }
  const { jwks = {}, introspection, maxVerifiedTokens } = options;
  const numbers = {
    maxVerifiedTokens,
    "introspection.maxInFlight": introspection?.maxInFlight,
    ...Object.fromEntries(Object.entries(jwks).map(([name, value]) => [`jwks.${name}`, value])),
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && !(value >= 0)) throw invalidOption(name, "must be a number from 0");
  }
  const symmetric = algorithms.find((name) => !asymmetricAlgorithms.includes(name));
  if (symmetric !== undefined || algorithms.length === 0) {
    throw invalidOption("algorithms", `must be among ${asymmetricAlgorithms.join(", ")}`);
  }
  return { ...options, audiences, clockToleranceSeconds, maxTokenBytes };
}
