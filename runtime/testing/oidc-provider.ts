/// <reference path="./oidc-provider-package.d.ts" />
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from "jose";
import { memoryAdapter } from "./oidc-adapter.js";

/** Resource whose access tokens are JWTs; it is meant where a request names none. */
export const jwtResource = "https://agent.example";
/** Resource whose access tokens are opaque. */
export const opaqueResource = "https://opaque.example";
/** Scopes of both resources. */
export const asapScopes = "asap:execute asap:read asap:admin";
/** Claim of every access token that names an agent. */
export const agentClaim = "https://asap.ai/agent_id";
/** Client that shows its secret; its id names an agent. */
export const secretClient = { clientId: "urn:asap:agent:client", clientSecret: "canary-secret-of-client" };
/** Client whose id names no agent. */
export const plainClient = { clientId: "plain-client", clientSecret: "canary:secret of+plain%client" };
/** Client that shows its secret in the body of a request. */
export const postClient = { clientId: "post-client", clientSecret: "canary-secret-of-post-client" };
/** Client that signs with `privateKey` of the provider. */
export const signingClientId = "signing-client";
/** Public client: code with PKCE, refresh tokens, redirects to any port of loopback at `/callback`. */
export const publicClientId = "public-client";

/** Options of {@link startOidcProvider}. */
export interface OidcProviderOptions {
  /** TCP port. Default: 0, a free one. */
  readonly port?: number;
  /** Value of the claim {@link agentClaim}; null leaves it out. Default: `urn:asap:agent:server`. */
  readonly agentId?: string | null;
  /** Lifetime of access tokens, in seconds. Default: 600. */
  readonly accessTokenSeconds?: number;
  /** Lifetime of refresh tokens, in seconds. Default: 3,600. */
  readonly refreshTokenSeconds?: number;
  /** What is done with whoever comes to log in. Default: `accept`, as `user-1`. */
  readonly login?: "accept" | "deny";
}

/** A real `oidc-provider` on this host. */
export interface OidcProvider {
  readonly issuer: string;
  readonly port: number;
  readonly tokenEndpoint: string;
  readonly introspectionEndpoint: string;
  readonly jwksUri: string;
  /** Private key of {@link signingClientId}. */
  readonly privateKey: { readonly jwk: JWK; readonly pem: string; readonly kid: string; readonly alg: "RS256" };
  /** Requests for each path so far, queries left out. */
  readonly asked: Map<string, number>;
  /** Requests for tokens so far. */
  tokenRequests(): number;
  /** What is done with whoever comes to log in. */
  login: "accept" | "deny";
  /** Lifetime of access tokens given from now on, in seconds. */
  accessTokenSeconds: number;
  /** Answers requests in place of the provider, where it says true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Signs with a new key from now on; the old one is no longer published unless it is kept. */
  rotateKeys(keep?: "old"): Promise<void>;
  /** Closes the port and every connection. */
  stop(): Promise<void>;
  /** Listens again on the same port, with all it remembered. */
  start(): Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
}

/** Loads the package without its warning on the version of Node. */
const loadPackage = () => quietly(() => import("oidc-provider"));

async function quietly<Value>(make: () => Value | Promise<Value>): Promise<Value> {
  const { warn, info } = globalThis.console;
  Object.assign(globalThis.console, { warn: () => {}, info: () => {} });
  try {
    return await make();
  } finally {
    Object.assign(globalThis.console, { warn, info });
  }
}

async function signingKey(kid: string): Promise<{ jwk: JWK; publicJwk: JWK; pem: string }> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const facts = { kid, alg: "RS256", use: "sig" };
  return {
    jwk: { ...(await exportJWK(privateKey)), ...facts },
    publicJwk: { ...(await exportJWK(publicKey)), ...facts },
    pem: await exportPKCS8(privateKey),
  };
}

/**
 * Starts `oidc-provider` on loopback. Whoever comes to log in is let in, or turned away, without a page: a user agent
 * that keeps cookies and follows redirects arrives at the client's callback.
 *
 * @param options See {@link OidcProviderOptions}.
 */
export async function startOidcProvider(options: OidcProviderOptions = {}): Promise<OidcProvider> {
  const { Provider } = await loadPackage();
  const { agentId = "urn:asap:agent:server", refreshTokenSeconds = 3_600 } = options;
  const clientKey = await signingKey("client-key");
  let keys = [(await signingKey("key-1")).jwk];
  let keysMade = 1;
  const records = new Map<string, Record<string, unknown>>();
  const asked = new Map<string, number>();
  let listener: RequestListener;
  let provider: InstanceType<typeof Provider>;

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (self.intercept?.(request, response) === true) return;
    if (!path.startsWith("/interaction/")) return void listener(request, response);
    interact(request, response).catch((error: unknown) => {
      response.writeHead(400, { "content-type": "text/plain" });
      response.end(String(error));
    });
  });

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
    if (self.login === "deny") {
      return provider.interactionFinished(request, response, { error: "access_denied", error_description: "No." });
    }
    if (prompt.name === "login") {
      return provider.interactionFinished(request, response, { login: { accountId: "user-1" } });
    }
    const grant =
      (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
      new provider.Grant({ accountId: session?.accountId, clientId: params["client_id"] });
    const { missingOIDCScope, missingResourceScopes } = prompt.details;
    if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(" "));
    for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
      grant.addResourceScope(resource, scopes.join(" "));
    }
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }

  const resourceOf = (context: { oidc: { body?: Payload; params?: Payload } }) =>
    context.oidc.body?.["audience"] ?? context.oidc.params?.["audience"] ?? jwtResource;
  type Payload = Readonly<Record<string, unknown>>;

  const publish = () =>
    quietly(() => {
      provider = new Provider(self.issuer, {
        adapter: memoryAdapter(records),
        jwks: { keys },
        cookies: { keys: ["loopback"] },
        clockTolerance: 0,
        scopes: ["openid", "offline_access", ...asapScopes.split(" ")],
        extraParams: ["audience"],
        clients: clientsOf(clientKey.publicJwk),
        findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
        interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
        extraTokenClaims: () => (agentId === null ? undefined : { [agentClaim]: agentId }),
        issueRefreshToken: (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
          client.grantTypeAllowed("refresh_token"),
        rotateRefreshToken: () => true,
        expiresWithSession: () => false,
        clientBasedCORS: () => false,
        ttl: {
          AccessToken: () => self.accessTokenSeconds,
          ClientCredentials: () => self.accessTokenSeconds,
          AuthorizationCode: 60,
          IdToken: 600,
          RefreshToken: () => refreshTokenSeconds,
          Interaction: 600,
          Session: 3_600,
          Grant: 3_600,
        },
        renderError: (context: { body: unknown; type: string }, out: Payload) => {
          context.type = "json";
          context.body = out;
        },
        features: {
          devInteractions: { enabled: false },
          introspection: { enabled: true, allowedPolicy: () => true },
          revocation: { enabled: true, allowedPolicy: () => true },
          clientCredentials: { enabled: true },
          resourceIndicators: {
            enabled: true,
            defaultResource: resourceOf,
            useGrantedResource: () => true,
            getResourceServerInfo: (_: unknown, resource: string) => ({
              scope: asapScopes,
              audience: resource,
              accessTokenTTL: self.accessTokenSeconds,
              accessTokenFormat: resource === opaqueResource ? "opaque" : "jwt",
            }),
          },
        },
      });
      listener = provider.callback();
    });

  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });

  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const self: OidcProvider = {
    issuer,
    port,
    tokenEndpoint: `${issuer}/token`,
    introspectionEndpoint: `${issuer}/token/introspection`,
    jwksUri: `${issuer}/jwks`,
    privateKey: { jwk: clientKey.jwk, pem: clientKey.pem, kid: "client-key", alg: "RS256" },
    asked,
    tokenRequests: () => asked.get("/token") ?? 0,
    login: options.login ?? "accept",
    accessTokenSeconds: options.accessTokenSeconds ?? 600,
    intercept: undefined,
    async rotateKeys(keep) {
      keysMade += 1;
      const { jwk } = await signingKey(`key-${keysMade}`);
      keys = [jwk, ...(keep === "old" ? keys : [])];
      await publish();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    start: () => listen(port),
    close: () => self.stop(),
  };
  await publish();
  return self;
}

function clientsOf(publicJwk: JWK): readonly object[] {
  const machine = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [] };
  return [
    {
      ...machine,
      client_id: secretClient.clientId,
      client_secret: secretClient.clientSecret,
      token_endpoint_auth_method: "client_secret_basic",
    },
    {
      ...machine,
      client_id: plainClient.clientId,
      client_secret: plainClient.clientSecret,
      token_endpoint_auth_method: "client_secret_basic",
    },
    {
      ...machine,
      client_id: postClient.clientId,
      client_secret: postClient.clientSecret,
      token_endpoint_auth_method: "client_secret_post",
    },
    {
      ...machine,
      client_id: signingClientId,
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "RS256",
      jwks: { keys: [publicJwk] },
    },
    {
      client_id: publicClientId,
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/callback"],
    },
  ];
}
