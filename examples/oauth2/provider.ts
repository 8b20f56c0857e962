// An OpenID provider on this host that stands for the one of a company: two clients, one audience, RS256 tokens.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** Which agent the tokens of a client are for. */
const agents: Readonly<Record<string, string>> = {
  "urn:asap:agent:desk": "urn:asap:agent:stock",
  "urn:asap:agent:clerk": "urn:asap:agent:archive",
};

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: "key-1", alg: "RS256", use: "sig" };

const clients = Object.keys(agents).map((id) => ({
  client_id: id,
  client_secret: process.env["CLIENT_SECRET"] ?? "a secret for the example",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
}));

const server = createServer().listen(Number(process.env["PORT"] ?? 9000), "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys: [key] },
    scopes: ["asap:execute", "asap:read"],
    extraTokenClaims: (_: unknown, { clientId }: { clientId: string }) => ({
      "https://asap.ai/agent_id": agents[clientId],
    }),
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
      },
    },
  });
  server.on("request", provider.callback());
  console.log(`listening on ${issuer}`);
});
process.once("SIGTERM", () => server.close());
