import { createHmac, generateKeyPair, type KeyObject, randomBytes, sign } from "node:crypto";
import { promisify } from "node:util";
import type { Context } from "./case.js";
import { asObject } from "./documents.js";

/** A key pair that tokens are signed with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256";
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Keys of a run: `current` is published, `next` is published when the keys rotate, `stranger` never. */
export type KeyName = "current" | "next" | "stranger";

/** A token the suite made, with what it says. */
export interface Token {
  readonly text: string;
  /** Empty for an opaque token. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** How a token differs from one that holds. */
export interface TokenChanges {
  /** Claims to set, or to leave out when undefined. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Members of the header to set, or to leave out when undefined. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** `current` unless set. */
  readonly key?: KeyName;
  /** `key` signs, `hmac` uses the public key as the secret of HS256, `none` leaves the signature empty; `key` unless set. */
  readonly signature?: "key" | "hmac" | "none";
  /** Changes the JSON text of the claims before it is signed. */
  readonly json?: (json: string) => string;
  /** Changes the finished text. */
  readonly text?: (text: string) => string;
}

/** Makes tokens that the agent under test should take, and others. */
export interface Mint {
  /** Text of `iss`. */
  readonly issuer: string;
  /** Text of `aud`. */
  readonly audience: string;
  /** Id of the agent under test, which the claim names. */
  readonly agent: string;
  /** Scopes of a token that holds. */
  readonly scopes: readonly string[];
  /** A token of the type JWT for a client that is no agent, valid for two hours by the agent's clock. */
  token(context: Pick<Context, "now" | "clockAheadMs">, changes?: TokenChanges): Token;
  /** A token without meaning of its own. The issuer gives `active` for it and, unless that is false, claims with changes. */
  opaque(context: Pick<Context, "now" | "clockAheadMs">, active: unknown, claims?: TokenChanges["claims"]): Token;
  /** A public key as JWK (RFC 7517). */
  jwk(key: KeyName): Readonly<Record<string, unknown>>;
  /** What the issuer says of an opaque token (RFC 7662). */
  introspect(text: string): Readonly<Record<string, unknown>>;
}

/** What a mint is made from. */
export interface MintOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly agent: string;
  /** Scopes of a token that holds. */
  readonly scopes: readonly string[];
  readonly keys: Readonly<Record<KeyName, SigningKey>>;
}

/** Claim that binds a token to an agent. */
export const agentClaim = "https://asap.ai/agent_id";
/** Claim of the reference implementation, read where the other is absent. */
export const referenceClaim = "https://github.com/adriannoes/asap-protocol/agent_id";

const lifetimeSeconds = 7200;
const generate = promisify(generateKeyPair);

/** Makes a key pair for RS256, with an id of its own. */
export async function signingKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generate("rsa", { modulusLength: 2048 });
  return { kid: randomBytes(8).toString("hex"), alg: "RS256", publicKey, privateKey };
}

let kept: Promise<readonly [SigningKey, SigningKey]> | undefined;

/**
 * The keys of a run, those of the process.
 *
 * @param rotates whether `next` is a key that no agent has seen, which takes a while to make
 */
export async function runKeys(rotates: boolean): Promise<Readonly<Record<KeyName, SigningKey>>> {
  kept ??= Promise.all([signingKey(), signingKey()]);
  const [current, stranger] = await kept;
  const next = rotates ? await signingKey() : current;
  return { current, next, stranger };
}

/** Seconds since 1970 by the agent's clock, and some more. */
export function secondsAt({ now, clockAheadMs }: Pick<Context, "now" | "clockAheadMs">, offset = 0): number {
  return Math.floor((now() + clockAheadMs) / 1000) + offset;
}

/** Makes a mint. */
export function createMint({ issuer, audience, agent, scopes, keys }: MintOptions): Mint {
  const opaque = new Map<string, Token["claims"]>();
  const jwk = (name: KeyName) => {
    const { kid, alg, publicKey } = keys[name];
    return { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
  };
  const claimsOf = (context: Pick<Context, "now" | "clockAheadMs">, changes: TokenChanges["claims"]) => ({
    iss: issuer,
    aud: audience,
    sub: "asap-conformance",
    client_id: "asap-conformance",
    scope: scopes.join(" "),
    [agentClaim]: agent,
    iat: secondsAt(context, -1),
    exp: secondsAt(context, lifetimeSeconds),
    jti: randomBytes(8).toString("hex"),
    ...changes,
  });
  return {
    issuer,
    audience,
    agent,
    scopes,
    jwk,
    token(context, changes = {}) {
      const key = keys[changes.key ?? "current"];
      const { signature = "key", json = same, text = same } = changes;
      const alg = { key: key.alg, hmac: "HS256", none: "none" }[signature];
      const header = defined({ alg, kid: key.kid, typ: "JWT", ...changes.header });
      const claims = defined(claimsOf(context, changes.claims));
      const input = `${encoded(JSON.stringify(header))}.${encoded(json(JSON.stringify(claims)))}`;
      let whole: string | undefined;
      return {
        get text() {
          whole ??= text(`${input}.${signed(input, key, signature)}`);
          return whole;
        },
        header,
        claims,
      };
    },
    opaque(context, active, changes) {
      const text = `opaque-${randomBytes(16).toString("hex")}`;
      const claims =
        active === false ? { active } : defined({ active, token_type: "Bearer", ...claimsOf(context, changes) });
      opaque.set(text, claims);
      return { text, header: {}, claims };
    },
    introspect: (text) => opaque.get(text) ?? { active: false },
  };
}

/** Header and claims of a token in compact form as they are written, unverified; null when there are none. */
export function readToken(text: string): Pick<Token, "header" | "claims"> | null {
  try {
    const [header, claims] = text
      .split(".", 2)
      .map((part) => asObject(JSON.parse(Buffer.from(part, "base64url").toString("utf8"))));
    return header === undefined || claims === undefined ? null : { header, claims };
  } catch {
    return null;
  }
}

const encoded = (part: string) => Buffer.from(part).toString("base64url");

const same = (text: string) => text;

const defined = (members: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function signed(input: string, key: SigningKey, how: NonNullable<TokenChanges["signature"]>): string {
  if (how === "none") return "";
  if (how === "hmac") {
    const secret = key.publicKey.export({ type: "spki", format: "pem" });
    return createHmac("sha256", secret).update(input).digest("base64url");
  }
  const { privateKey, alg } = key;
  const form = alg === "ES256" ? ({ key: privateKey, dsaEncoding: "ieee-p1363" } as const) : privateKey;
  return sign("sha256", Buffer.from(input), form).toString("base64url");
}
