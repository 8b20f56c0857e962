import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
} from "node:crypto";
import type { IssuerKey, TestIssuer } from "./test-issuer.js";

/** What a part of a token is made of: text and bytes are taken as they are, anything else as JSON. */
export type Content = string | Uint8Array | object;

/** Makes the signature of a signing input. */
export type Signer = (input: string) => Uint8Array | string;

const bytesOf = (content: Content): Uint8Array =>
  typeof content === "string"
    ? Buffer.from(content)
    : content instanceof Uint8Array
      ? content
      : Buffer.from(JSON.stringify(content));

/** One part of a compact JWS: base64url of its content (RFC 7515 section 2). */
export const part = (content: Content): string => Buffer.from(bytesOf(content)).toString("base64url");

const keyObjectOf = (key: IssuerKey): KeyObject => KeyObject.from(key.privateKey);

/** The public key of a key pair. */
export const publicOf = (key: IssuerKey): KeyObject => createPublicKey(keyObjectOf(key));

const hash = (alg: string): string => `sha${alg.slice(-3)}`;

/** Signs with a private key by any asymmetric algorithm of RFC 7518 and RFC 8037, whether it suits the key or not. */
export function signer(key: IssuerKey | KeyObject, alg: string): Signer {
  const privateKey = key instanceof KeyObject ? key : keyObjectOf(key);
  return (input) => {
    const data = Buffer.from(input);
    if (alg.startsWith("RS")) return sign(hash(alg), data, privateKey);
    if (alg.startsWith("PS")) {
      const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
      return sign(hash(alg), data, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
    }
    if (alg.startsWith("ES")) return sign(hash(alg), data, { key: privateKey, dsaEncoding: "ieee-p1363" });
    return sign(null, data, privateKey);
  };
}

/** The DER form of an ECDSA signature, which JWS does not take (RFC 7518 section 3.4). */
export const derSigner =
  (key: IssuerKey): Signer =>
  (input) =>
    sign("sha256", Buffer.from(input), { key: keyObjectOf(key), dsaEncoding: "der" });

/** HMAC with any bytes as its secret. */
export const hmacSigner =
  (alg: string, secret: string | Uint8Array): Signer =>
  (input) =>
    createHmac(hash(alg), secret).update(input).digest();

/**
 * Puts a compact token together out of any header, any claims and any signature.
 *
 * @param signature Bytes, the text of the third part as it is, or what makes either.
 */
export function compact(header: Content, claims: Content, signature: Signer | Uint8Array | string): string {
  const input = `${part(header)}.${part(claims)}`;
  const signed = typeof signature === "function" ? signature(input) : signature;
  return `${input}.${typeof signed === "string" ? signed : part(signed)}`;
}

/** An RSA key of any size, with its JWK; sizes under 2048 bits are refused by libraries that make keys. */
export function rsaKey(
  kid: string,
  bits: number,
  members: object = {},
): { readonly key: KeyObject; readonly jwk: object } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig", ...members };
  return { key: createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })), jwk };
}

/** Makes forged tokens out of the honest ones of an issuer. */
export interface Forge {
  readonly issuer: TestIssuer;
  /** The key the issuer signs with. */
  readonly key: IssuerKey;
  /** Header of an honest token, with differences; a member that is undefined is left out. */
  header(more?: object): Record<string, unknown>;
  /** Claims of an honest token, with differences; a member that is undefined is left out. */
  claims(more?: object): Record<string, unknown>;
  /** An honest token but for its claims. */
  claimed(claims: Content): string;
  /** An honest token but for its header; it is signed as an honest one. */
  headed(header: Content): string;
  /** An honest token but for the text of its claims, in which a member is written a second time, last. */
  repeated(member: string, value: unknown, claims?: object): string;
  /** An honest token. */
  honest(): string;
  /** Seconds since 1970, moved by some. */
  at(bySeconds: number): number;
}

/** Makes a forge. @param base Claims that honest tokens have beside those of the issuer. */
export function forge(issuer: TestIssuer, base: object, key: IssuerKey = issuer.keys[0] as IssuerKey): Forge {
  const self: Forge = {
    issuer,
    key,
    header: (more = {}) => ({ alg: key.alg, kid: key.kid, typ: "at+jwt", ...more }),
    claims: (more = {}) => issuer.claims({ ...base, ...more }),
    claimed: (claims) => compact(self.header(), claims, signer(key, key.alg)),
    headed: (header) => compact(header, self.claims(), signer(key, key.alg)),
    repeated: (member, value, claims = {}) => {
      const text = JSON.stringify(self.claims(claims));
      return self.claimed(`${text.slice(0, -1)},${JSON.stringify(member)}:${JSON.stringify(value)}}`);
    },
    honest: () => self.headed(self.header()),
    at: (bySeconds) => Math.floor(Date.now() / 1_000) + bySeconds,
  };
  return self;
}
