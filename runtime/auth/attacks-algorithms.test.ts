import { afterAll, beforeAll } from "vitest";
import { compact, derSigner, type Forge, forge, hmacSigner, publicOf, rsaKey, signer } from "../testing/forge.js";
import { type Attack, attack, describeAttacks } from "../testing/forge-attack.js";
import { agentClaim, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { type IssuerKey, issuerKey, startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let target: Target;
let forged: Forge;
let es: IssuerKey;
let ed: IssuerKey;
let ps: IssuerKey;
let stranger: IssuerKey;
const weak = rsaKey("weak", 1024);
const forEncryption = rsaKey("enc", 2048, { use: "enc" });
const forWrapping = rsaKey("ops", 2048, { key_ops: ["encrypt"] });
const oct = {
  kty: "oct",
  kid: "oct",
  alg: "HS256",
  use: "sig",
  k: Buffer.from("a shared secret of 32 bytes, yes").toString("base64url"),
};

beforeAll(async () => {
  issuer = await startTestIssuer();
  es = await issuerKey("es", "ES256");
  ed = await issuerKey("ed", "EdDSA");
  ps = await issuerKey("ps", "PS256");
  stranger = await issuerKey("stranger");
  const published = (jwk: object) => ({ ...stranger, jwk });
  issuer.keys = [...issuer.keys, es, ed, ps, ...[weak.jwk, forEncryption.jwk, forWrapping.jwk, oct].map(published)];
  forged = forge(issuer, { [agentClaim]: targetId });
  target = await startTarget(issuer);
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
});

/** A header that names an algorithm, over honest claims. */
const named = (alg: unknown, sign: Parameters<typeof compact>[2], more: object = {}) =>
  compact(forged.header({ alg, ...more }), forged.claims(), sign);

const none = (alg: unknown, shown = JSON.stringify(alg) ?? "absent") =>
  attack(`alg ${shown}, no signature`, "RFC 8725 3.1, RFC 7515 4.1.1", () => named(alg, ""));

const unsigned: Attack[] = [
  none("none"),
  none("None"),
  none("NONE"),
  none("nOnE"),
  none("none "),
  none(" none"),
  none("none\0"),
  none(undefined),
  none(null),
  none(""),
  none(0),
  none(true),
  none(["none"]),
  none(["RS256"]),
  none({ alg: "none" }),
  attack("alg none, the signature of an honest token", "CVE-2015-9235", () =>
    named("none", forged.honest().split(".")[2] as string),
  ),
  attack("alg none without a kid and without a typ", "RFC 8725 3.1", () =>
    compact({ alg: "none" }, forged.claims(), ""),
  ),
  attack("alg RS256, empty signature", "CVE-2020-28042", () => named("RS256", "")),
];

const secretsOfKey = (): Readonly<Record<string, string | Uint8Array>> => {
  const key = publicOf(forged.key);
  const jwk = key.export({ format: "jwk" });
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  return {
    "the public key as PEM": pem,
    "the public key as PEM without its last line end": pem.trimEnd(),
    "the public key as PKCS #1 PEM": key.export({ type: "pkcs1", format: "pem" }).toString(),
    "the public key as DER": key.export({ type: "spki", format: "der" }),
    "the public key as JWK": JSON.stringify(forged.key.jwk),
    "the modulus as text": String(jwk.n),
    "the modulus as bytes": Buffer.from(String(jwk.n), "base64url"),
    "an empty secret": "",
    "a secret of zeros": Buffer.alloc(32),
    "the kid": forged.key.kid,
  };
};
const confused: Attack[] = [
  "the public key as PEM",
  "the public key as PEM without its last line end",
  "the public key as PKCS #1 PEM",
  "the public key as DER",
  "the public key as JWK",
  "the modulus as text",
  "the modulus as bytes",
  "an empty secret",
  "a secret of zeros",
  "the kid",
].map((secret) =>
  attack(`HS256 with ${secret}`, "CVE-2016-5431, CVE-2016-10555, RFC 8725 2.1", () =>
    named("HS256", hmacSigner("HS256", secretsOfKey()[secret] as string)),
  ),
);
for (const alg of ["HS384", "HS512"])
  confused.push(
    attack(`${alg} with the public key as PEM`, "CVE-2016-5431", () =>
      named(alg, hmacSigner(alg, secretsOfKey()["the public key as PEM"] as string)),
    ),
  );
confused.push(
  attack("HS256 with a symmetric key that the key set holds", "RFC 8725 3.1", () =>
    named("HS256", hmacSigner("HS256", Buffer.from(oct.k, "base64url")), { kid: "oct" }),
  ),
  attack("HS256 with the public EC key as PEM", "CVE-2016-10555", () =>
    named("HS256", hmacSigner("HS256", publicOf(es).export({ type: "spki", format: "pem" }).toString()), { kid: "es" }),
  ),
);

const swapped: Attack[] = [
  attack("PS256 by a key published for RS256", "RFC 7517 4.4", () => named("PS256", signer(forged.key, "PS256"))),
  attack("RS384 by a key published for RS256", "RFC 7517 4.4", () => named("RS384", signer(forged.key, "RS384"))),
  attack("RS512 by a key published for RS256", "RFC 7517 4.4", () => named("RS512", signer(forged.key, "RS512"))),
  attack("RS256 by a key published for PS256", "RFC 7517 4.4", () =>
    named("RS256", signer(ps, "RS256"), { kid: "ps" }),
  ),
  attack("RS256 named over a PS256 signature", "RFC 8725 3.1", () => named("RS256", signer(forged.key, "PS256"))),
  attack("RS1", "RFC 8725 3.2", () => named("RS1", signer(forged.key, "RS256"))),
  attack("rs256 in lower case", "RFC 7515 4.1.1", () => named("rs256", signer(forged.key, "RS256"))),
  attack("ES256 with the kid of an RSA key", "RFC 7515 4.1.4", () => named("ES256", signer(es, "ES256"))),
  attack("RS256 with the kid of an EC key", "RFC 7515 4.1.4", () =>
    named("RS256", signer(forged.key, "RS256"), { kid: "es" }),
  ),
  attack("EdDSA with the kid of an EC key", "RFC 8037 3.1", () => named("EdDSA", signer(ed, "EdDSA"), { kid: "es" })),
  attack("the kid of another RSA key of the issuer", "RFC 7515 4.1.4", () =>
    named("PS256", signer(forged.key, "PS256"), { kid: "ps" }),
  ),
  attack("a key of 1024 bits", "RFC 7518 3.3", () => named("RS256", signer(weak.key, "RS256"), { kid: "weak" })),
  attack("a key for encryption", "RFC 7517 4.2", () =>
    named("RS256", signer(forEncryption.key, "RS256"), { kid: "enc" }),
  ),
  attack("a key whose operations hold no verify", "RFC 7517 4.3", () =>
    named("RS256", signer(forWrapping.key, "RS256"), { kid: "ops" }),
  ),
  attack("a stranger's key under the kid of the issuer's", "RFC 7515 10.1", () =>
    named("RS256", signer(stranger, "RS256")),
  ),
];

/** The order of P-256. */
const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
const zero = Buffer.alloc(32);
const ecdsa = (name: string, sign: () => Parameters<typeof compact>[2]) =>
  attack(`ES256, ${name}`, "CVE-2022-21449, RFC 7518 3.4", () => named("ES256", sign(), { kid: "es" }));
const esSigned = (change: (signature: Buffer) => Uint8Array) => (input: string) =>
  change(Buffer.from(signer(es, "ES256")(input) as Uint8Array));
const rsaSigned = (name: string, change: (signature: Buffer) => Uint8Array) =>
  attack(`RS256, ${name}`, "CVE-2020-28042, RFC 7515 5.2", () =>
    named("RS256", (input) => change(Buffer.from(signer(forged.key, "RS256")(input) as Uint8Array))),
  );
const flip = (signature: Buffer, at: number): Buffer => {
  signature[at] = (signature[at] as number) ^ 1;
  return signature;
};

const signatures: Attack[] = [
  ecdsa("r = s = 0", () => Buffer.concat([zero, zero])),
  ecdsa("r = s = n", () => Buffer.concat([order, order])),
  ecdsa("r = 0, s of an honest token", () => esSigned((signature) => Buffer.concat([zero, signature.subarray(32)]))),
  ecdsa("s = 0, r of an honest token", () => esSigned((signature) => Buffer.concat([signature.subarray(0, 32), zero]))),
  ecdsa("r and s changed over", () =>
    esSigned((signature) => Buffer.concat([signature.subarray(32), signature.subarray(0, 32)])),
  ),
  ecdsa("the DER form", () => derSigner(es)),
  ecdsa("empty", () => ""),
  ecdsa("one byte short", () => esSigned((signature) => signature.subarray(0, 63))),
  ecdsa("one byte longer", () => esSigned((signature) => Buffer.concat([signature, Buffer.alloc(1)]))),
  ecdsa("one bit flipped", () => esSigned((signature) => flip(signature, 40))),
  rsaSigned("one byte short", (signature) => signature.subarray(0, 255)),
  rsaSigned("half of it", (signature) => signature.subarray(0, 128)),
  rsaSigned("one byte longer", (signature) => Buffer.concat([signature, Buffer.alloc(1)])),
  rsaSigned("a zero byte before it", (signature) => Buffer.concat([Buffer.alloc(1), signature])),
  rsaSigned("its first bit flipped", (signature) => flip(signature, 0)),
  rsaSigned("its last bit flipped", (signature) => flip(signature, 255)),
  rsaSigned("all zeros", () => Buffer.alloc(256)),
  rsaSigned("all ones", () => Buffer.alloc(256, 255)),
  attack("the signature of another honest token", "RFC 7515 5.2", () => {
    const [head, claims] = forged.claimed(forged.claims({ sub: "client-2" })).split(".");
    return `${head}.${claims}.${forged.honest().split(".")[2]}`;
  }),
  attack("EdDSA, all zeros", "RFC 8032 5.1.7", () => named("EdDSA", Buffer.alloc(64), { kid: "ed" })),
];

const by = (key: () => IssuerKey) => () => {
  const { alg, kid } = key();
  return compact(forged.header({ alg, kid }), forged.claims(), signer(key(), alg));
};
describeAttacks("tokens without a signature", () => target, unsigned, [{ name: "RS256", make: () => forged.honest() }]);
describeAttacks("a public key taken for a shared secret", () => target, confused);
describeAttacks("algorithms and keys that do not belong together", () => target, swapped, [
  { name: "ES256", make: by(() => es) },
  { name: "EdDSA", make: by(() => ed) },
  { name: "PS256", make: by(() => ps) },
]);
describeAttacks("signatures that are none", () => target, signatures, [
  { name: "ES256", make: by(() => es) },
  { name: "minted by a library", make: () => issuer.mint({ [agentClaim]: targetId }) },
]);
