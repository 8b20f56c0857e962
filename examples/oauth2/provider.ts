// An OpenID provider on this host that stands for the one of a company. It forgets with its process, and lets in whoever
// comes to log in.
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** Which agent the tokens of each client are for. */
const agents: Readonly<Record<string, string>> = {
  "urn:asap:agent:desk": "urn:asap:agent:stock",
  "urn:asap:agent:clerk": "urn:asap:agent:archive",
  "stock-app": "urn:asap:agent:stock",
};

const machine = (id: string) => ({
  client_id: id,
  client_secret: process.env["CLIENT_SECRET"] ?? "a secret for the example",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
});
const app = {
  client_id: "stock-app",
  application_type: "native",
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  redirect_uris: ["http://127.0.0.1/callback"],
};

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: "key-1", alg: "RS256", use: "sig" };

const providerAt = (issuer: string): Provider =>
  new Provider(issuer, {
    clients: [machine("urn:asap:agent:desk"), machine("urn:asap:agent:clerk"), app],
    jwks: { keys: [key] },
    cookies: { keys: ["a key for the example"] },
    scopes: ["openid", "offline_access"],
    extraTokenClaims: (_: unknown, { clientId }: { clientId: string }) => ({
      "https://asap.ai/agent_id": agents[clientId],
    }),
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: (_: unknown, { clientId }: { clientId: string }) => clientId === app.client_id,
    ttl: { Interaction: 600, Session: 600, Grant: 600, AuthorizationCode: 60, IdToken: 600, RefreshToken: 3_600 },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          audience: resource,
          scope: "asap:execute asap:read",
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
        }),
        useGrantedResource: () => true,
      },
    },
  });

/** Logs Ana in, and grants what was asked for. */
async function letIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: "ana" } });
  }
  const grant = new provider.Grant({ accountId: session?.accountId, clientId: params["client_id"] });
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details;
  grant.addOIDCScope(missingOIDCScope.join(" "));
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(" "));
  }
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

const server = createServer().listen(Number(process.env["PORT"] ?? 9000), "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = providerAt(issuer);
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/")) void letIn(provider, request, response);
    else answer(request, response);
  });
  console.log(`listening on ${issuer}`);
});
process.once("SIGTERM", () => server.close());
