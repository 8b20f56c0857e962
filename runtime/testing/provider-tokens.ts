import { asapScopes, jwtResource, type OidcProvider, opaqueResource, secretClient } from "./oidc-provider.js";

type Provider = Pick<OidcProvider, "issuer" | "tokenEndpoint">;
type Client = typeof secretClient;

const formText = (text: string): string => new URLSearchParams({ text }).toString().slice("text=".length);

/** Posts a form to a provider, as a client that shows its secret by HTTP Basic (RFC 6749 section 2.3.1). */
async function postForm(url: string, form: Record<string, string>, { clientId, clientSecret }: Client) {
  const authorization = `Basic ${btoa(`${formText(clientId)}:${formText(clientSecret)}`)}`;
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(form), headers: { authorization } });
  const text = await response.text();
  if (!response.ok) throw new Error(`the provider answered ${response.status}: ${text}`);
  return text;
}

/** Gets an access token by client credentials, for the resource whose tokens are JWTs unless another is named. */
export async function clientToken(
  provider: Provider,
  { scope = asapScopes, resource = jwtResource, client = secretClient } = {},
): Promise<string> {
  const form = { grant_type: "client_credentials", scope, resource };
  const { access_token: token } = JSON.parse(await postForm(provider.tokenEndpoint, form, client)) as {
    access_token: string;
  };
  return token;
}

/** An opaque access token of client credentials. */
export const opaqueToken = (provider: Provider, client: Client = secretClient): Promise<string> =>
  clientToken(provider, { resource: opaqueResource, client });

/** Revokes a token of client credentials (RFC 7009). */
export async function revokeToken(provider: Provider, token: string, client: Client = secretClient): Promise<void> {
  await postForm(`${provider.issuer}/token/revocation`, { token }, client);
}
