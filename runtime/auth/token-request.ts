import type { Configuration, CustomFetch, TokenEndpointResponse } from "openid-client";
import { guardedFetch } from "#egress";
import { type BaseUrlOptions, httpUrl, shownUrl } from "../base-url.js";
import { jsonOf, readText } from "../body.js";
import { withDeadline } from "../deadline.js";
import { type EgressPolicy, othersWord } from "../egress.js";
import { AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { withoutSecrets } from "../observe/secret-text.js";
import { formEncoded } from "./basic.js";
import { checkedIssuer, type IssuerMetadata, keptMetadata } from "./metadata.js";
import { type ClientIdentity, clientAuthentication } from "./token-identity.js";
import type { StoredTokens } from "./token-store.js";
import { unavailable } from "./unavailable.js";

/** Which issuer is asked for tokens, by which client, and how. */
export interface TokenRequestOptions extends ClientIdentity, BaseUrlOptions {
  /**
   * Identifier of the issuer, a URL, compared as text. Its endpoints are found by OpenID Connect discovery, else by RFC
   * 8414, when they are first needed.
   */
  readonly issuer?: string;
  /** URL where tokens are given; then no metadata is fetched for it. */
  readonly tokenEndpoint?: string;
  /** Scopes to ask for. Default: none, whatever the issuer gives then. */
  readonly scope?: string | readonly string[];
  /** Parameter `audience`, which Auth0 and some others want. Default: none. */
  readonly audience?: string;
  /** Parameter `resource`, once for each (RFC 8707). Default: none. */
  readonly resource?: string | readonly string[];
  /** Further parameters of token requests. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What may be reached; public addresses alone by default, so that an issuer on this host takes `allowLoopback`. */
  readonly egress?: EgressPolicy;
  /** Longest duration of one request, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Default: the guarded fetch of the package. */
  readonly fetch?: typeof fetch;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

type Client = typeof import("openid-client");

/** Work on one issuer by means of `openid-client`. */
type IssuerWork<Result> = (client: Client, configuration: Configuration) => Promise<Result>;

/** Asks one issuer for tokens. */
export interface TokenRequests {
  /** The issuer, or the token endpoint where no issuer is named. */
  readonly issuer: string;
  configuration(): Promise<{ readonly client: Client; readonly configuration: Configuration }>;
  /**
   * Asks for tokens.
   *
   * @param secrets What errors must not repeat beside the client's own secret.
   * @throws AsapError `asap:auth/token_request_failed`, `unavailable`, `issuer_mismatch`.
   */
  request(grant: IssuerWork<TokenEndpointResponse>, secrets?: readonly string[]): Promise<StoredTokens>;
  /**
   * Revokes a token where the issuer offers that.
   *
   * @throws AsapError as `request` does.
   * @see RFC 7009, section 2
   */
  revoke(token: string, hint: "access_token" | "refresh_token"): Promise<void>;
}

const usedEndpoints = ["token_endpoint", "authorization_endpoint", "revocation_endpoint"] as const;
const largestAnswer = 262_144;
const defaultLifetimeSeconds = 3_600;
const longestLifetimeSeconds = 365 * 86_400;

/** What is known of an answer whatever becomes of it. */
interface Told {
  status?: number;
  error?: string;
  description?: string;
  absoluteExpiry?: number;
  unreached?: string;
}

/**
 * Makes requests for tokens; nothing is fetched before the first one.
 *
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 */
export function tokenRequests(options: TokenRequestOptions): TokenRequests {
  const { now = Date.now, timeoutMs = 10_000, tokenEndpoint, clientSecret = "" } = options;
  const issuer = options.issuer ?? tokenEndpoint;
  if (issuer === undefined) throw invalidOption("issuer", "is missing");
  if (options.issuer !== undefined) checkedUrl(checkedIssuer(options.issuer), "issuer", options);
  if (tokenEndpoint !== undefined) checkedUrl(tokenEndpoint, "tokenEndpoint", options);
  const send = options.fetch ?? guardedFetch(othersWord(options.egress));
  const authentication = clientAuthentication(options);
  const discovered =
    tokenEndpoint === undefined
      ? keptMetadata(issuer, { ...options, timeoutMs, allowInsecure: options.allowInsecure === true })
      : async () => ({ issuer, token_endpoint: tokenEndpoint });

  async function configuration(told: Told = {}) {
    const server = checkedMetadata(await discovered(), options);
    const client = await import("openid-client");
    const made = new client.Configuration(
      server as ConstructorParameters<Client["Configuration"]>[0],
      options.clientId,
      {},
      await authentication(client),
    );
    client.allowInsecureRequests(made);
    made.timeout = 0;
    made[client.customFetch] = listening(send, timeoutMs, told);
    return { client, configuration: made };
  }

  async function ask<Result>(work: IssuerWork<Result>, told: Told, outcome: string, secrets: readonly string[]) {
    const { client, configuration: made } = await configuration(told);
    try {
      return await work(client, made);
    } catch (cause) {
      if (isAsapError(cause)) throw cause;
      throw failureOf(issuer ?? "", outcome, cause, told, [...secrets, clientSecret]);
    }
  }

  return {
    issuer,
    configuration,
    request(grant, secrets = []) {
      const told: Told = {};
      const work: IssuerWork<StoredTokens> = async (client, made) => {
        const askedAtMs = now();
        return tokensOf(await grant(client, made), askedAtMs, told);
      };
      return ask(work, told, "gave no token", secrets);
    },
    async revoke(token, hint) {
      const work: IssuerWork<void> = async (client, made) => {
        if (made.serverMetadata().revocation_endpoint === undefined) return;
        await client.tokenRevocation(made, token, { token_type_hint: hint });
      };
      await ask(work, {}, "revoked no token", [token]);
    },
  };
}

function checkedUrl(url: string, option: string, options: BaseUrlOptions): void {
  try {
    httpUrl(url, options);
  } catch (cause) {
    if (!isAsapError(cause) || cause.code !== "asap:config/invalid_option") throw cause;
    throw invalidOption(option, String(cause.data["reason"]));
  }
}

/** The metadata, once the endpoints that may be used are known to be URLs that a client may call. */
function checkedMetadata(found: IssuerMetadata, options: BaseUrlOptions): IssuerMetadata {
  if (found.token_endpoint === undefined)
    throw unavailable("its metadata names no token endpoint", { issuer: found.issuer });
  for (const name of usedEndpoints) {
    const url = found[name];
    if (url === undefined) continue;
    try {
      httpUrl(String(url), options);
    } catch (cause) {
      if (isAsapError(cause) && cause.code === "asap:transport/insecure_url") throw cause;
      throw unavailable(`its metadata holds no http or https URL as ${name}`, { issuer: found.issuer });
    }
  }
  return found;
}

/** A fetch with bounds that takes note of what came back. */
function listening(send: typeof fetch, timeoutMs: number, told: Told): CustomFetch {
  return async (url, { method, headers, body }) => {
    const ask = async (signal: AbortSignal) => {
      const init = { method, headers, redirect: "manual", signal, ...(body !== undefined && { body: String(body) }) };
      const response = await send(url, init as RequestInit);
      const read = await readText(response, largestAnswer);
      const text = "text" in read ? read.text : "";
      Object.assign(told, { status: response.status }, noted(text));
      return { status: response.status, text };
    };
    try {
      const { status, text } = await withDeadline(ask, { timeoutMs });
      const hasBody = status >= 200 && ![204, 205, 304].includes(status);
      const type = { "content-type": "application/json" };
      return new Response(hasBody ? withType(text) : null, { status: hasBody ? status : 204, headers: type });
    } catch (cause) {
      told.unreached = reasonOf(cause);
      throw cause;
    }
  };
}

function noted(text: string): Told {
  const body = jsonOf(text);
  if (typeof body !== "object" || body === null) return {};
  const { error, error_description: description, expires_in, expires_at } = body as Record<string, unknown>;
  return {
    ...(typeof error === "string" && { error }),
    ...(typeof description === "string" && { description }),
    ...(expires_in === undefined && typeof expires_at === "number" && { absoluteExpiry: expires_at }),
  };
}

/** The text with `token_type` where a token came without one (wire section 11.3). */
function withType(text: string): string {
  const body = jsonOf(text) as Record<string, unknown> | null | undefined;
  if (typeof body?.["access_token"] !== "string" || body["token_type"] !== undefined) return text;
  return JSON.stringify({ ...body, token_type: "Bearer" });
}

function reasonOf(cause: unknown): string {
  if (isAsapError(cause)) return cause.message.replace(/\.$/, "");
  const { code, cause: inner } = (cause ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  const known = [code, inner?.code].find((each) => typeof each === "string" && /^[A-Z_]{3,40}$/.test(each));
  return known === undefined ? "it was not reached" : `it was not reached (${String(known)})`;
}

function tokensOf(answer: TokenEndpointResponse, askedAtMs: number, told: Told): StoredTokens {
  const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken, scope, token_type } = answer;
  if (token_type.toLowerCase() !== "bearer" || !/^[\x21-\x7e]+$/.test(accessToken)) {
    throw new Error("the token is no bearer token");
  }
  const untilExpiry = told.absoluteExpiry === undefined ? undefined : told.absoluteExpiry - askedAtMs / 1_000;
  const lifetime = Math.min(seconds ?? untilExpiry ?? defaultLifetimeSeconds, longestLifetimeSeconds);
  return {
    accessToken,
    obtainedAtMs: askedAtMs,
    expiresAtMs: askedAtMs + lifetime * 1_000,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(scope !== undefined && { scope }),
  };
}

/** Text of a stranger as an error may show it: on one line, short, without secrets in any form they are sent in. */
export function boundedText(text: string, secrets: readonly string[]): string {
  const clean = withoutSecrets(text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " "));
  const known = secrets.filter((secret) => secret.length > 3).flatMap((secret) => [secret, formEncoded(secret)]);
  const safe = known.reduce((left, secret) => left.replaceAll(secret, "[removed]"), clean);
  return safe.slice(0, 200).replace(/[.\s]+$/, "");
}

function failureOf(issuer: string, outcome: string, cause: unknown, told: Told, secrets: readonly string[]): AsapError {
  const { status, unreached } = told;
  if (unreached !== undefined) return unavailable(unreached, { issuer });
  if (status !== undefined && (status >= 500 || status === 429)) {
    return unavailable(`it answered with HTTP status ${status}`, { issuer });
  }
  const error = boundedText(told.error ?? "invalid_response", secrets);
  const description = boundedText(
    told.description ?? (told.error === undefined ? faultOf(cause, status) : ""),
    secrets,
  );
  const words = [error, description].filter((each) => each !== "").join(": ");
  return new AsapError("asap:auth/token_request_failed", {
    message: `The identity provider ${outcome}: ${words}.`,
    data: {
      issuer: shownUrl(issuer),
      error,
      ...(description !== "" && { error_description: description }),
      ...(status !== undefined && { status }),
    },
  });
}

/** What `openid-client` found wrong with an answer: fixed words that quote nothing. */
function faultOf(cause: unknown, status: number | undefined): string {
  if (status !== undefined && status !== 200) return `it answered with HTTP status ${status}`;
  const { code, cause: inner } = (cause ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code !== "string" || !code.startsWith("OAUTH_")) return "it answered no bearer token";
  const words = (inner as { message?: unknown } | undefined)?.message;
  return typeof words === "string" ? words : "it answered no token";
}
