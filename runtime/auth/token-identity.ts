import type { CryptoKey, JWK } from "jose";
import type { ClientAuth } from "openid-client";
import type { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { basic } from "./basic.js";

/** Who asks for tokens, and how it shows who it is. */
export interface ClientIdentity {
  readonly clientId: string;
  /** Secret of the client. Default: none; a client with neither secret nor key is a public one. */
  readonly clientSecret?: string;
  /** Private key that the client signs with (`private_key_jwt`): a JWK, a CryptoKey, or PKCS 8 as PEM. Default: none. */
  readonly privateKey?: JWK | CryptoKey | string;
  /** Id of the private key. Default: `kid` of the JWK. */
  readonly kid?: string;
  /** Algorithm of the private key. Default: `alg` of the JWK, else what its type tells; RS256 for PEM. */
  readonly alg?: string;
  /** What assertions of `private_key_jwt` say otherwise than by default. */
  readonly assertion?: {
    /** Claim `aud`. Default: the issuer. */
    readonly audience?: string;
    /** Further members of the header, such as `x5t#S256`. Default: none. */
    readonly header?: Readonly<Record<string, string>>;
  };
  /** Default: `private_key_jwt` with a private key, `client_secret_basic` with a secret, `none` with neither. */
  readonly clientAuthentication?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none";
}

type Client = typeof import("openid-client");

/**
 * Checks who asks for tokens.
 *
 * @returns Makes the authentication of a request.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function clientAuthentication(identity: ClientIdentity): (client: Client) => Promise<ClientAuth> {
  const { clientId, clientSecret, privateKey } = identity;
  if (typeof clientId !== "string" || clientId === "") throw invalidOption("clientId", "is empty");
  if (clientSecret === "") throw invalidOption("clientSecret", "is empty");
  const implied =
    privateKey !== undefined ? "private_key_jwt" : clientSecret !== undefined ? "client_secret_basic" : "none";
  const way = identity.clientAuthentication ?? implied;
  if (way === "none") return async (client) => client.None();
  if (way === "private_key_jwt") {
    if (privateKey === undefined) throw invalidOption("privateKey", "is needed for private_key_jwt");
    let signing: Promise<ClientAuth> | undefined;
    return (client) => {
      signing ??= signed(client, identity, privateKey);
      return signing;
    };
  }
  if (way !== "client_secret_basic" && way !== "client_secret_post") {
    throw invalidOption("clientAuthentication", "is no way to authenticate that is known");
  }
  if (clientSecret === undefined) throw invalidOption("clientSecret", `is needed for ${way}`);
  if (way === "client_secret_post") return async (client) => client.ClientSecretPost(clientSecret);
  return async () => basic(clientId, clientSecret);
}

async function signed(client: Client, identity: ClientIdentity, given: JWK | CryptoKey | string): Promise<ClientAuth> {
  const { kid = (given as JWK).kid, assertion } = identity;
  const key = await keyOf(given, identity.alg);
  return client.PrivateKeyJwt(kid === undefined ? key : { key, kid }, {
    [client.modifyAssertion]: (header, payload) => {
      Object.assign(header, assertion?.header);
      if (assertion?.audience !== undefined) payload["aud"] = assertion.audience;
    },
  });
}

async function keyOf(given: JWK | CryptoKey | string, alg: string | undefined): Promise<CryptoKey> {
  const jose = await import("jose");
  try {
    if (typeof given === "string") return await jose.importPKCS8(given, alg ?? "RS256");
    const key =
      given instanceof globalThis.CryptoKey
        ? (given as CryptoKey)
        : await jose.importJWK(given as JWK, alg ?? (given as JWK).alg ?? algorithmOf(given as JWK));
    if (!(key instanceof Uint8Array) && key.type === "private" && key.usages.includes("sign")) return key;
  } catch {
    throw unusable();
  }
  throw unusable();
}

const unusable = (): AsapError => invalidOption("privateKey", "is no private key of its algorithm");

const curves: Readonly<Record<string, string>> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

const algorithmOf = ({ kty, crv = "" }: JWK): string => (kty === "RSA" ? "RS256" : (curves[crv] ?? "EdDSA"));
