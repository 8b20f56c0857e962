import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from "jose";

/** A key pair an issuer signs with. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  /** As the key set shows it. */
  readonly jwk: JWK;
}

/** An issuer on this host whose every answer the test decides. */
export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly port: number;
  /** Keys it publishes; change them to rotate. */
  keys: readonly IssuerKey[];
  /** Answers requests in place of the metadata and the keys, where it says true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Requests for each path so far. */
  readonly asked: Map<string, number>;
  /** Claims of a token that holds: those of {@link TestIssuer.mint} without any given. */
  claims(more?: JWTPayload): JWTPayload;
  /** Signs a token with the first key; members that are undefined are left out. */
  mint(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>, key?: IssuerKey): Promise<string>;
  close(): Promise<void>;
}

/** Audience of the tokens a test issuer mints. */
export const testAudience = "https://agent.example";

/** Makes a key pair. */
export async function issuerKey(kid: string, alg = "RS256"): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

/**
 * Starts an issuer on loopback: metadata, keys, and tokens signed at will.
 *
 * @param port TCP port, 0 for a free one
 */
export async function startTestIssuer(port = 0): Promise<TestIssuer> {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.set(path, (asked.get(path) ?? 0) + 1);
    if (self.intercept?.(request, response) === true) return;
    const body =
      path === "/.well-known/openid-configuration"
        ? { issuer: self.issuer, jwks_uri: self.jwksUri, token_endpoint: `${self.issuer}/token` }
        : path === "/jwks"
          ? { keys: self.keys.map(({ jwk }) => jwk) }
          : undefined;
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { error: "not_found" }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const bound = (server.address() as AddressInfo).port;
  const issuer = `http://127.0.0.1:${bound}`;
  const self: TestIssuer = {
    issuer,
    jwksUri: `${issuer}/jwks`,
    port: bound,
    keys: [await issuerKey("k1")],
    intercept: undefined,
    asked,
    claims: (more = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const claims: JWTPayload = {
        iss: issuer,
        aud: testAudience,
        sub: "client-1",
        scope: "asap:execute asap:read",
        iat: now,
        exp: now + 600,
        ...more,
      };
      return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    },
    mint: async (more, header, key = self.keys[0]) => {
      if (key === undefined) throw new Error("the issuer has no key");
      return new SignJWT(self.claims(more))
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "at+jwt", ...header })
        .sign(key.privateKey);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}
