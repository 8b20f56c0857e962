import type { Configuration, CustomFetch, TokenEndpointResponse } from "openid-client";
import { guardedFetch } from "#egress";
import { type BaseUrlOptions, httpUrl, shownUrl } from "../base-url.js";
import { jsonOf, readText } from "../body.js";
import { withDeadline } from "../deadline.js";
import type { EgressPolicy } from "../egress.js";
import { AsapError, isAsapError } from "../error.js";
import type { IssuerMetadata } from "./metadata.js";
import { type ClientIdentity, clientAuthentication } from "./token-identity.js";
import type { StoredTokens } from "./token-store.js";

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
type Metadata = IssuerMetadata & { readonly token_endpoint: string };

/** A grant, asked for by means of `openid-client`. */
export type Grant = (client: Client, configuration: Configuration) => Promise<TokenEndpointResponse>;

/** Asks one issuer for tokens. */
export interface TokenRequests {
  /** The issuer, or the token endpoint where no issuer is named. */
  readonly issuer: string;
  metadata(): Promise<Metadata>;
  configuration(): Promise<{ readonly client: Client; readonly configuration: Configuration }>;
  /**
   * Asks for tokens.
   *
   * @param secrets What errors must not repeat beside the client's own secret.
   * @throws AsapError `asap:auth/token_request_failed`, `unavailable`, `issuer_mismatch`.
   */
  request(grant: Grant, secrets?: readonly string[]): Promise<StoredTokens>;
}

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

/** Makes requests for tokens; nothing is fetched before the first one. */
export function tokenRequests(options: TokenRequestOptions): TokenRequests {
  const { now = Date.now, timeoutMs = 10_000 } = options;
  const issuer = options.issuer ?? options.tokenEndpoint ?? "";
  const send = options.fetch ?? guardedFetch({ allowLoopback: false, ...options.egress });
  const authentication = clientAuthentication(options);
  const { tokenEndpoint } = options;
  const checked = (url: string) => httpUrl(url, options).href;
  if (tokenEndpoint !== undefined) checked(tokenEndpoint);
  let discovered: (() => Promise<IssuerMetadata>) | undefined;

  async function discover(): Promise<IssuerMetadata> {
    if (discovered === undefined) {
      const { keptMetadata } = await import("./metadata.js");
      const { egress, allowInsecure, fetch } = options;
      discovered ??= keptMetadata(issuer, {
        timeoutMs,
        now,
        ...(egress !== undefined && { egress }),
        ...(allowInsecure !== undefined && { allowInsecure }),
        ...(fetch !== undefined && { fetch }),
      });
    }
    return discovered();
  }

  async function metadata(): Promise<Metadata> {
    const found: IssuerMetadata = tokenEndpoint === undefined ? await discover() : { issuer };
    const endpoint = tokenEndpoint ?? found.token_endpoint;
    if (endpoint === undefined) throw unavailable(issuer, "its metadata names no token endpoint");
    return { ...found, token_endpoint: checked(endpoint) };
  }

  async function configuration(told: Told = {}) {
    const server = await metadata();
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

  async function request(grant: Grant, secrets: readonly string[] = []): Promise<StoredTokens> {
    const told: Told = {};
    const { client, configuration: made } = await configuration(told);
    const askedAtMs = now();
    try {
      return tokensOf(await grant(client, made), askedAtMs, told);
    } catch (cause) {
      if (isAsapError(cause)) throw cause;
      throw failureOf(issuer, cause, told, [...secrets, options.clientSecret ?? ""]);
    }
  }
  return { issuer, metadata, configuration, request };
}

const unavailable = (issuer: string, reason: string): AsapError =>
  new AsapError("asap:auth/unavailable", {
    message: `The identity provider cannot be used: ${reason}.`,
    data: { issuer: shownUrl(issuer), reason },
  });

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
  const told_ = told.absoluteExpiry === undefined ? undefined : told.absoluteExpiry - askedAtMs / 1_000;
  const lifetime = Math.min(seconds ?? told_ ?? defaultLifetimeSeconds, longestLifetimeSeconds);
  return {
    accessToken,
    obtainedAtMs: askedAtMs,
    expiresAtMs: askedAtMs + lifetime * 1_000,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(scope !== undefined && { scope }),
  };
}

/** Text of a stranger as an error may show it. */
export function boundedText(text: string, secrets: readonly string[]): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ");
  const known = secrets.filter((secret) => secret.length > 3);
  return known.reduce((left, secret) => left.replaceAll(secret, "[removed]"), clean).slice(0, 200);
}

function failureOf(issuer: string, cause: unknown, told: Told, secrets: readonly string[]): AsapError {
  const { status, unreached } = told;
  if (unreached !== undefined) return unavailable(issuer, unreached);
  if (status !== undefined && (status >= 500 || status === 429)) {
    return unavailable(issuer, `it answered with HTTP status ${status}`);
  }
  const error = boundedText(told.error ?? "invalid_response", secrets);
  const description = boundedText(told.description ?? (status === 200 ? faultOf(cause) : ""), secrets);
  const words = [error, description].filter((each) => each !== "").join(": ");
  return new AsapError("asap:auth/token_request_failed", {
    message: `The identity provider gave no token: ${words}.`,
    data: {
      issuer: shownUrl(issuer),
      error,
      ...(description !== "" && { error_description: description }),
      ...(status !== undefined && { status }),
    },
  });
}

/** What `openid-client` found wrong with an answer: fixed words that quote nothing. */
function faultOf(cause: unknown): string {
  const { code, cause: inner } = (cause ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code !== "string" || !code.startsWith("OAUTH_")) return "it answered no bearer token";
  const words = (inner as { message?: unknown } | undefined)?.message;
  return typeof words === "string" ? words : "it answered no token";
}
