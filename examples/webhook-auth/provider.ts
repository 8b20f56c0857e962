// An OAuth 2.0 provider on this host that stands for the one of the receiver's company. It gives access tokens of two
// minutes by client credentials, and forgets with its process.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export const audience = "https://hooks.example";

const client = (id: string, secret: string) => ({
  client_id: id,
  client_secret: secret,
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
});

/** A provider that listens. */
export interface RunningProvider {
  readonly issuer: string;
  close(): Promise<unknown>;
}

/** Starts the provider with one client. */
export async function startProvider(clientId: string, clientSecret: string): Promise<RunningProvider> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: "key-1", alg: "RS256", use: "sig" };
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [client(clientId, clientSecret)],
    jwks: { keys: [key] },
    cookies: { keys: ["a key for the example"] },
    ttl: { ClientCredentials: 120 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: () => ({
          audience,
          scope: "hooks:write",
          accessTokenFormat: "jwt",
          accessTokenTTL: 120,
        }),
      },
    },
  });
  server.on("request", provider.callback());
  return { issuer, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}
