import { shownUrl } from "../base-url.js";
import { abortedError, withDeadline } from "../deadline.js";
import { AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { grantParameters, keeper, renewal } from "./token-grants.js";
import { scopesOf } from "./token-keeper.js";
import { type AuthorizationResponse, receiveRedirect } from "./token-redirect.js";
import { boundedText, type TokenRequestOptions, type TokenRequests, tokenRequests } from "./token-request.js";
import type { TokenSource } from "./token-source.js";
import type { StoredTokens, TokenStore } from "./token-store.js";

/** Options of {@link authorizationCode}. */
export interface AuthorizationCodeOptions extends Omit<TokenRequestOptions, "tokenEndpoint"> {
  readonly issuer: string;
  /** Further parameters of the authorization request, such as `prompt`. Default: none. */
  readonly authorizationParameters?: Readonly<Record<string, string>>;
  /** TCP port of 127.0.0.1 where the response is received. Default: 0, a free one. */
  readonly redirectPort?: number;
  /** Path of the redirect URI. Default: `/callback`. */
  readonly redirectPath?: string;
  /** Longest wait for somebody to log in, in milliseconds. Default: 300,000. */
  readonly loginTimeoutMs?: number;
  /** Where tokens are kept. Default: in memory, for this source alone. */
  readonly store?: TokenStore;
}

/** Gives the access tokens of whoever logged in. */
export interface Login extends TokenSource {
  /**
   * Lets somebody log in with a browser on this host, and keeps the tokens.
   *
   * @param open Told the URL that the browser must open. Where it throws, the login ends.
   * @param signal Ends the wait.
   * @throws AsapError `asap:auth/login_failed`, whose data tells the `reason` and the `error` of the issuer;
   * `asap:auth/unavailable`, `issuer_mismatch`, `token_store_failed`; `asap:transport/aborted`.
   */
  login(open: (url: string) => unknown, signal?: AbortSignal): Promise<void>;
  /**
   * Forgets the tokens, then revokes them where the issuer offers that. Other sources that gave the access token already
   * keep it until it expires.
   *
   * @throws AsapError `asap:auth/token_request_failed`, `unavailable`: they are forgotten, but not revoked;
   * `asap:auth/token_store_failed`.
   * @see RFC 7009
   */
  logout(): Promise<void>;
}

/**
 * Gets access tokens by the authorization code grant with PKCE: somebody logs in with a browser, the issuer redirects it
 * to a port of 127.0.0.1, and the code that comes there is exchanged for tokens. Tokens are then renewed by their refresh
 * token, and {@link refreshToken} with the same options and store finds them. Where the scopes hold `openid`, the claims
 * of the id token that comes along are checked, its nonce among them.
 *
 * The client must be registered with the redirect URI `http://127.0.0.1/callback` and any port, as RFC 8252 has it, or
 * with `redirectPort` and `redirectPath` for an issuer that compares the port. Many issuers give no refresh token without
 * the scope `offline_access`.
 *
 * @param options See {@link AuthorizationCodeOptions}.
 * @returns The source. Its `token` throws AsapError as that of {@link refreshToken} does.
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 * @see RFC 6749, section 4.1; RFC 7636; RFC 8252; RFC 9207; RFC 9700, section 2.1
 */
export function authorizationCode(options: AuthorizationCodeOptions): Login {
  const { redirectPort = 0, redirectPath = "/callback", loginTimeoutMs = 300_000 } = options;
  if (!(Number.isInteger(redirectPort) && redirectPort >= 0 && redirectPort <= 65_535)) {
    throw invalidOption("redirectPort", "must be a whole number from 0 to 65535");
  }
  if (!/^\/[\w\-.~/]*$/.test(redirectPath)) throw invalidOption("redirectPath", "must be a path of letters and digits");
  if (!(loginTimeoutMs > 0)) throw invalidOption("loginTimeoutMs", "must be a number above 0");
  if ((options as TokenRequestOptions).tokenEndpoint !== undefined) {
    throw invalidOption("tokenEndpoint", "does not go with a login, whose endpoints the issuer names");
  }
  const requests = tokenRequests(options);
  const kept = keeper("user", options, requests, renewal(requests, options));

  async function login(open: (url: string) => unknown, signal?: AbortSignal): Promise<void> {
    const untilAborted = { signals: [signal], timeoutMs: Number.POSITIVE_INFINITY };
    const request = await withDeadline(() => authorizationRequest(requests, options), untilAborted);
    const redirect = await receiveRedirect({ port: redirectPort, path: redirectPath, state: request.state });
    let response: AuthorizationResponse | undefined;
    try {
      const opened = () => openedOrNever(requests.issuer, open, request.url(redirect.redirectUri));
      const wait = { signals: [signal], timeoutMs: loginTimeoutMs };
      response = await withDeadline(() => Promise.race([redirect.response, opened()]), wait);
      const { url } = response;
      await kept.replace(() => request.exchange(url, signal), signal);
      response.show(200, "You are logged in. This page can be closed.");
    } catch (cause) {
      response?.show(400, "The login failed. This page can be closed.");
      throw loginFailure(requests.issuer, cause);
    } finally {
      await redirect.close();
    }
  }

  return {
    login,
    token: (signal) => kept.token(signal),
    refused: (token) => kept.refused(token),
    async logout() {
      const tokens = await kept.forget();
      if (tokens?.refreshToken !== undefined) await requests.revoke(tokens.refreshToken, "refresh_token");
      else if (tokens !== undefined) await requests.revoke(tokens.accessToken, "access_token");
    },
  };
}

/** One authorization request: what is sent, and what the response is checked against. */
interface AuthorizationRequest {
  readonly state: string;
  url(redirectUri: string): string;
  exchange(response: URL, signal: AbortSignal | undefined): Promise<StoredTokens>;
}

async function authorizationRequest(
  requests: TokenRequests,
  options: AuthorizationCodeOptions,
): Promise<AuthorizationRequest> {
  const { client, configuration } = await requests.configuration();
  if (configuration.serverMetadata().authorization_endpoint === undefined) {
    throw failed(requests.issuer, "the issuer names no authorization endpoint");
  }
  const state = client.randomState();
  const nonce = scopesOf(options.scope).includes("openid") ? client.randomNonce() : undefined;
  const verifier = client.randomPKCECodeVerifier();
  const challenge = await client.calculatePKCECodeChallenge(verifier);
  return {
    state,
    url(redirectUri) {
      const parameters = grantParameters({ ...options, parameters: {} });
      const own = {
        ...options.authorizationParameters,
        response_type: "code",
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
        ...(nonce !== undefined && { nonce }),
      };
      for (const [name, value] of Object.entries(own)) parameters.set(name, value);
      return client.buildAuthorizationUrl(configuration, parameters).href;
    },
    async exchange(response, signal) {
      const code = response.searchParams.get("code") ?? "";
      refuseError(requests.issuer, response);
      const checks = {
        expectedState: state,
        pkceCodeVerifier: verifier,
        ...(nonce !== undefined && { expectedNonce: nonce }),
      };
      const parameters = grantParameters({ ...options, scope: [] });
      const tokens = await requests.request(
        (openid, made) => openid.authorizationCodeGrant(made, response, checks, parameters),
        [code, verifier],
      );
      if (signal?.aborted) throw abortedError(signal);
      return tokens;
    },
  };
}

/** Ends a login that the issuer refused. */
function refuseError(issuer: string, { searchParams }: URL): void {
  const error = searchParams.get("error");
  if (error === null) return;
  throw failed(issuer, boundedText(searchParams.get("error_description") || error, []), boundedText(error, []));
}

/** Opens the URL; rejects where that fails, and never resolves. */
function openedOrNever(issuer: string, open: (url: string) => unknown, url: string): Promise<never> {
  return new Promise((_, reject) => {
    Promise.resolve(url)
      .then(open)
      .catch((cause: unknown) => reject(isAsapError(cause) ? cause : failed(issuer, "the browser was not opened")));
  });
}

function failed(issuer: string, reason: string, error?: string): AsapError {
  return new AsapError("asap:auth/login_failed", {
    message: `The login at ${shownUrl(issuer)} failed: ${reason}.`,
    data: { issuer: shownUrl(issuer), reason, ...(error !== undefined && { error }) },
  });
}

function loginFailure(issuer: string, cause: unknown): unknown {
  if (!isAsapError(cause)) return cause;
  if (cause.code === "asap:transport/timeout") return failed(issuer, "nobody logged in in time");
  if (cause.code !== "asap:auth/token_request_failed") return cause;
  const { error, error_description: description } = cause.data;
  return failed(issuer, String(description ?? error), String(error));
}
