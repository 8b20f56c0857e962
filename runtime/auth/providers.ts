import { invalidOption } from "../invalid-option.js";
import type { ResourceServerOptions } from "./resource-server.js";
import type { AuthorizationCodeOptions } from "./token-login.js";

/** What both sides must know of an identity provider, to be spread into their options. */
export interface Provider {
  /** Issuer of the tokens that an agent is called with. */
  readonly issuer: string;
  /** Options of {@link resourceServer}. */
  readonly server: Partial<ResourceServerOptions> & { readonly issuer: string };
  /** Options of {@link clientCredentials}, {@link authorizationCode} and {@link refreshToken}. */
  readonly client: Partial<AuthorizationCodeOptions> & { readonly issuer: string };
}

/**
 * Auth0, whose issuer ends in a slash.
 *
 * - Audience: asked for by the parameter `audience`, the identifier of the API. Without it the access token is opaque, for
 *   Auth0's own `/userinfo`, and no agent can judge it.
 * - Scopes: the permissions of the API, such as `asap:execute`; tokens hold them as text in `scope`. A client gets those
 *   it is authorized for when it asks for none.
 * - Binding: an action adds the claim, `api.accessToken.setCustomClaim("https://asap.ai/agent_id", …)`. The subject of
 *   client credentials is `<client id>@clients`.
 * - Login: refresh tokens need the scope `offline_access` and "Allow Offline Access" of the API. The callback URL is
 *   compared with its port, so that `redirectPort` is needed.
 *
 * @param options.domain Domain of the tenant, such as `example.eu.auth0.com`, or its custom domain.
 * @param options.audience Identifier of the API that the agent is.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function auth0(options: {
  readonly domain: string;
  readonly audience: string;
}): Provider & { readonly server: { readonly audience: string } } {
  const { domain, audience } = options;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain)) throw invalidOption("domain", "must be the name of a host");
  if (typeof audience !== "string" || audience === "") throw invalidOption("audience", "is empty");
  const issuer = `https://${domain.toLowerCase()}/`;
  return { issuer, server: { issuer, audience }, client: { issuer, audience } };
}

/**
 * Keycloak. Before version 17 its paths begin with `/auth`, which belongs to the URL then.
 *
 * - Audience: tokens name none but `account` by default, and no parameter changes that. An audience mapper, in a client
 *   scope that the client has, adds the one that the agent expects.
 * - Scopes: client scopes of that name, such as `asap:execute`, with "Include in token scope"; tokens hold them as text in
 *   `scope`. Optional ones must be asked for.
 * - Binding: a hardcoded claim mapper adds `https://asap.ai/agent_id`; dots in the name are escaped as `\.` there. `sub` is
 *   the user of the client's service account; from version 25 on it comes with the client scope `basic`.
 * - Login: the client is public, with the redirect URI `http://127.0.0.1/callback`. There are refresh tokens without
 *   `offline_access`; that scope makes them outlive the session.
 * - Keycloak in a private network takes `egress: { allowPrivate: true }` on both sides.
 *
 * @param options.url Base URL, such as `https://login.example`. Tokens name the one that Keycloak itself is set to.
 * @param options.realm Name of the realm.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function keycloak(options: { readonly url: string; readonly realm: string }): Provider {
  const { url, realm } = options;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw invalidOption("url", "must be an absolute http or https URL");
  }
  if (typeof realm !== "string" || realm === "") throw invalidOption("realm", "is empty");
  const issuer = `${url.replace(/\/+$/, "")}/realms/${encodeURIComponent(realm)}`;
  return { issuer, server: { issuer }, client: { issuer } };
}

/**
 * Google accounts: who somebody is, and access to Google's own interfaces.
 *
 * - Access tokens are opaque and for Google alone. It offers no introspection by RFC 7662 (`tokeninfo` is another thing),
 *   so that an agent behind {@link resourceServer} answers them with 401.
 * - Id tokens are JWTs whose audience is the client id. They say who logged in, not what the bearer may do: those of a login
 *   are refused with 401 as no access tokens, those of service accounts have no scope and are answered with 403.
 * - To let people with Google accounts call agents, let another provider, such as Keycloak or Auth0, log them in there and
 *   give its own access tokens.
 * - Client: a desktop client, which has a secret although it is public. Google sends a refresh token where
 *   `access_type=offline` asks for one, and again only where `prompt=consent` does; both are set.
 * - Scopes are names such as `openid` and URLs of Google's interfaces. There are no client credentials; service accounts
 *   sign assertions instead.
 */
export function google(): Provider {
  const issuer = "https://accounts.google.com";
  const authorizationParameters = { access_type: "offline", prompt: "consent" };
  return { issuer, server: { issuer }, client: { issuer, scope: "openid", authorizationParameters } };
}

/**
 * Microsoft Entra ID, for one tenant.
 *
 * - Issuer: which version of access tokens an agent gets is set in its own app registration (`requestedAccessTokenVersion`,
 *   where null means 1), not by who asks. Version 1 names `https://sts.windows.net/<tenant>/`, version 2
 *   `https://login.microsoftonline.com/<tenant>/v2.0`. Clients ask the endpoints of version 2 either way.
 * - Audience: the application id URI (`api://…`) in version 1, the application id alone in version 2. There is neither a
 *   parameter `audience` nor `resource`; the scope names the application.
 * - Scopes: `api://<application id>/asap:execute` at a login, and `api://<application id>/.default` alone for client
 *   credentials. Tokens hold the short names: as text in `scp` for users, as a list in `roles` for applications, which need
 *   an app role of that name. All of `scope`, `scp` and `roles` are read.
 * - Binding: tokens have no claim of the agent's without a claims mapping policy; `binding.subjectMap` takes the `sub`, for
 *   applications the object id of their service principal.
 * - Login: a public client with the redirect URI `http://127.0.0.1/callback`, which is entered in the manifest of the app
 *   registration; refresh tokens need the scope `offline_access`.
 *
 * @param options.tenant Id of the tenant, a GUID; the metadata of `common` and of domain names is of another issuer.
 * @param options.version Version of the access tokens. Default: 2.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function entra(options: { readonly tenant: string; readonly version?: 1 | 2 }): Provider {
  const { tenant, version = 2 } = options;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenant)) {
    throw invalidOption("tenant", "must be the id of a tenant, a GUID");
  }
  if (version !== 1 && version !== 2) throw invalidOption("version", "must be 1 or 2");
  const authority = `https://login.microsoftonline.com/${tenant.toLowerCase()}`;
  const client = { issuer: `${authority}/v2.0` };
  const issuer = version === 2 ? client.issuer : `https://sts.windows.net/${tenant.toLowerCase()}/`;
  const jwksUri = `${authority}/discovery/${version === 2 ? "v2.0/" : ""}keys`;
  return { issuer, server: { issuer, jwksUri, scopeClaims: ["scope", "scp", "roles"] }, client };
}
