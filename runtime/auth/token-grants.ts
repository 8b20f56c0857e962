import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { isRefusedGrant, scopesOf, TokenKeeper, tokenKey } from "./token-keeper.js";
import { type TokenRequestOptions, type TokenRequests, tokenRequests } from "./token-request.js";
import type { TokenSource } from "./token-source.js";
import { memoryTokens, type StoredTokens, type TokenStore } from "./token-store.js";

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions extends TokenRequestOptions {
  /** Where tokens are kept. Default: in memory, for this source alone. */
  readonly store?: TokenStore;
}

/** Options of {@link refreshToken}. */
export interface RefreshTokenOptions extends TokenRequestOptions {
  /** Refresh token to begin with, where the store has none. Default: the one in the store. */
  readonly refreshToken?: string;
  /** Where tokens are kept. Default: in memory, for this source alone. */
  readonly store?: TokenStore;
}

/**
 * Gets access tokens by the client credentials grant. A token is kept until under 30 seconds of it remain, or until half
 * of its life is over where it lives 30 seconds or less; callers who wait share one request. A lifetime the issuer does
 * not tell is taken as an hour.
 *
 * @param options See {@link ClientCredentialsOptions}.
 * @returns The source. Its `token` throws AsapError `asap:auth/token_request_failed`, `unavailable`, `issuer_mismatch`,
 * `token_store_failed`, `asap:transport/aborted`.
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 * @see RFC 6749, section 4.4; RFC 7523; RFC 8707; ASAP 1.1, section 11.3
 */
export function clientCredentials(options: ClientCredentialsOptions): TokenSource {
  if (options.clientSecret === undefined && options.privateKey === undefined) {
    throw invalidOption("clientSecret", "and privateKey are both missing");
  }
  const requests = tokenRequests(options);
  const parameters = grantParameters(options);
  return keeper("client", options, requests, () =>
    requests.request((client, configuration) => client.clientCredentialsGrant(configuration, parameters)),
  );
}

/**
 * Gets access tokens by a refresh token: the one given, or the one that a login left in the store under the same issuer,
 * client, scopes, audience and resources. A new refresh token is stored before the access token that came with it is
 * given. A refused one is dropped from the store.
 *
 * @param options See {@link RefreshTokenOptions}.
 * @returns The source. Its `token` throws AsapError as that of {@link clientCredentials} does, and
 * `asap:auth/login_failed` where there is no refresh token.
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 * @see RFC 6749, section 6; RFC 9700, section 4.14
 */
export function refreshToken(options: RefreshTokenOptions): TokenSource {
  const requests = tokenRequests(options);
  if (options.refreshToken === "") throw invalidOption("refreshToken", "is empty");
  return keeper("user", options, requests, renewal(requests, options, options.refreshToken));
}

/** Makes a keeper of tokens. */
export function keeper(
  kind: "client" | "user",
  options: TokenRequestOptions & { readonly store?: TokenStore },
  { issuer }: TokenRequests,
  renew: (stored: StoredTokens | undefined) => Promise<StoredTokens>,
): TokenKeeper {
  const { store = memoryTokens(), now = Date.now } = options;
  return new TokenKeeper({ issuer, key: tokenKey(kind, options), store, now, renew });
}

/**
 * Makes what gets new tokens by the stored refresh token, else by the given one. The old refresh token stays where no
 * other comes; the given one is dropped once the issuer has judged it.
 */
export function renewal(
  requests: TokenRequests,
  options: TokenRequestOptions,
  given?: string,
): (stored: StoredTokens | undefined) => Promise<StoredTokens> {
  const unused = new Set(given === undefined ? [] : [given]);
  const parameters = grantParameters({ ...options, scope: [] });
  return async (stored) => {
    let refusal: unknown = nobody(requests.issuer);
    for (const token of new Set([stored?.refreshToken ?? [], ...unused].flat())) {
      try {
        const tokens = await requests.request(
          (client, configuration) => client.refreshTokenGrant(configuration, token, parameters),
          [token],
        );
        unused.clear();
        return { refreshToken: token, ...tokens };
      } catch (error) {
        if (!isRefusedGrant(error)) throw error;
        unused.delete(token);
        refusal = error;
      }
    }
    throw refusal;
  };
}

const nobody = (issuer: string): AsapError =>
  new AsapError("asap:auth/login_failed", {
    message: `Nobody is logged in at ${issuer}.`,
    data: { issuer, reason: "nobody is logged in" },
  });

/** Parameters that every grant of these options has. */
export function grantParameters(options: TokenRequestOptions): URLSearchParams {
  const { audience, resource = [], parameters = {} } = options;
  const scope = scopesOf(options.scope).join(" ");
  const made = new URLSearchParams(parameters);
  if (scope !== "") made.set("scope", scope);
  if (audience !== undefined) made.set("audience", audience);
  for (const each of typeof resource === "string" ? [resource] : resource) made.append("resource", each);
  return made;
}
