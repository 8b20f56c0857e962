import { randomBytes } from "node:crypto";
import { authCase, denied, overHttp, type Trial } from "../auth-case.js";
import type { Case, Level } from "../case.js";
import { type Check, describe, expect } from "../checks.js";
import { task } from "../documents.js";
import type { KeyName, Mint, TokenChanges } from "../tokens.js";

/** A token that does not hold. */
const broken = (
  id: string,
  words: string,
  changes: TokenChanges | ((mint: Mint) => TokenChanges),
  level: Level = "MUST",
): Trial => ({
  id,
  title: `A token ${words} is refused with 401`,
  requirements: ["OAUTH-005", "OAU-002"],
  level,
  changes: typeof changes === "function" ? changes : () => changes,
  status: 401,
});

const kid = (mint: Mint, key: KeyName = "current") => mint.jwk(key).kid;

/** Changes one part of the finished token. */
const part = (at: number, change: (text: string) => string): TokenChanges => ({
  text: (text) =>
    text
      .split(".")
      .map((one, index) => (index === at ? change(one) : one))
      .join("."),
});

const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Says more than the signed text does: another member in one part, under the signature of what it was before. */
const addedLater = (at: number, members: object) =>
  part(at, (one) => json({ ...JSON.parse(Buffer.from(one, "base64url").toString("utf8")), ...members }));

const flipped = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1);

const forms: readonly Trial[] = [
  broken("form.word", "that is a word", { text: () => "conformance" }),
  broken("form.three-words", "of three words", { text: () => "not.a.token" }),
  broken("form.no-signature", "without its signature", { text: (text) => text.replace(/\.[^.]*$/, "") }),
  broken(
    "form.empty-signature",
    "with an empty signature",
    part(2, () => ""),
  ),
  broken(
    "form.truncated",
    "whose signature is cut short",
    part(2, (text) => text.slice(0, -8)),
  ),
  broken("form.trailing-dot", "with a dot at its end", { text: (text) => `${text}.` }),
  broken("form.twice", "that is there twice", { text: (text) => `${text}.${text}` }),
  broken(
    "form.padded",
    "with padding at its end",
    part(2, (text) => `${text}==`),
    "SHOULD",
  ),
  broken(
    "form.header-no-json",
    "whose header is no JSON",
    part(0, () => "bm8"),
  ),
  broken("form.claims-no-object", "whose claims are a list", { json: () => "[]" }),
];

const signatures: readonly Trial[] = [
  broken("signature.changed", "whose signature was changed", part(2, flipped)),
  broken("signature.claims-changed", "whose claims were changed", addedLater(1, { scope: "asap:admin asap:execute" })),
  broken("signature.header-changed", "whose header was changed", addedLater(0, { cty: "text" })),
  broken("signature.stranger", "signed with another key under the id of a known one", (mint) => ({
    key: "stranger",
    header: { kid: kid(mint) },
  })),
  broken("signature.unknown-key", "signed with a key that the issuer does not publish", { key: "stranger" }),
  broken("signature.no-key-id", "signed with another key and without a key id", {
    key: "stranger",
    header: { kid: undefined },
  }),
  broken("signature.key-id-path", "whose key id is a path", { key: "stranger", header: { kid: "../../dev/null" } }),
];

const algorithms: readonly Trial[] = [
  broken("algorithm.none", "with the algorithm none", { signature: "none" }),
  broken("algorithm.none-mixed-case", "with the algorithm nOnE", { signature: "none", header: { alg: "nOnE" } }),
  broken("algorithm.hmac", "signed by HS256 with the public key as its secret", { signature: "hmac" }),
  broken("algorithm.missing", "without an algorithm", { header: { alg: undefined } }),
  broken("algorithm.other", "that names another algorithm than it is signed by", { header: { alg: "RS512" } }),
];

/** A token that brings a key of its own along (RFC 8725 section 3.10). */
const bringsKey = (name: string, words: string, header: (mint: Mint) => Readonly<Record<string, unknown>>): Case =>
  authCase({
    id: `header.${name}`,
    title: `A key that the token ${words} is neither used nor fetched: refused with 401`,
    requirements: ["OAUTH-005", "OAU-002"],
    steps: (mint, context) => [
      task(context, {}, { token: mint.token(context, { key: "stranger", header: header(mint) }) }),
    ],
    checks: [denied(1, 401), strangersUnasked],
  });

const strangersUnasked: Check = expect(1, "no request for the key that the token names", ({ asked }) =>
  asked === undefined || asked.strangers === 0 ? null : `${asked.strangers} requests`,
);

const strangersAt = (mint: Mint) => `${mint.issuer.replace(/\/+$/, "")}/stranger-keys`;

const headers: readonly Case[] = [
  bringsKey("jwk", "holds in jwk", (mint) => ({ jwk: mint.jwk("stranger") })),
  bringsKey("jwk-known-id", "holds in jwk under the id of a known key", (mint) => ({
    jwk: mint.jwk("stranger"),
    kid: kid(mint),
  })),
  bringsKey("jku", "points to with jku", (mint) => ({ jku: strangersAt(mint) })),
  bringsKey("x5u", "points to with x5u", (mint) => ({ x5u: strangersAt(mint) })),
];

const others: readonly Trial[] = [
  broken("header.crit", "whose crit names an extension that nobody knows", {
    header: { crit: ["conformance"], conformance: true },
  }),
  ...["dpop+jwt", "logout+jwt", "secevent+jwt", "text"].map((typ) =>
    broken(`header.type.${typ.replace("+", "-")}`, `of the type ${typ}`, { header: { typ } }, "SHOULD"),
  ),
];

/** A member that comes twice: a reader refuses it or takes the last one (RFC 7519 section 4). */
const repeated = (name: string, value: unknown, status: 401 | 403 | null = 401): Case =>
  authCase({
    id: `claims.repeated-${name}`,
    title: `A token in which ${name} comes a second time, and does not hold there, is refused`,
    requirements: ["OAUTH-005"],
    steps: (mint, context) => {
      const token = mint.token(context, {
        json: (text) => `${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`,
      });
      return [task(context, {}, { token })];
    },
    checks: [
      expect(1, `HTTP ${status === 401 ? "401" : "401 or 403"}`, (exchange) =>
        [401, status].includes(exchange.response?.status ?? 0) ? null : describe(exchange),
      ),
    ],
  });

const takes = (id: string, words: string, typ: string | undefined, level: Level = "MUST"): Trial => ({
  id: `header.type.${id}`,
  title: `A token ${words} is taken`,
  requirements: ["OAUTH-005"],
  level,
  changes: () => ({ header: { typ } }),
});

const taken: readonly Trial[] = [
  takes("at-jwt", "of the type at+jwt (RFC 9068)", "at+jwt", "SHOULD"),
  takes("absent", "without a type", undefined),
  takes("lower-case", "of the type jwt", "jwt", "SHOULD"),
  takes("upper-case", "of the type AT+JWT", "AT+JWT", "SHOULD"),
  takes("whole", "of the type application/at+jwt", "application/at+jwt", "SHOULD"),
];

const oversized: Case = authCase({
  id: "form.oversized",
  title: "A token of a hundred thousand characters is not answered with a 5xx status, and the next one is taken",
  requirements: ["CODE-005"],
  steps: (mint, context) => [
    task(context, {}, { token: mint.token(context, { claims: { more: randomBytes(37_500).toString("hex") } }) }),
    task(context, {}, { token: mint.token(context) }),
  ],
  checks: [
    (exchanges) => {
      const { response, failure } = exchanges[1] ?? {};
      if (failure?.kind === "reset" || (response !== undefined && response.status < 500)) return null;
      const found = exchanges[1] === undefined ? "no such exchange" : describe(exchanges[1]);
      return { expected: "a status under 500, or a closed connection", found, at: 1 };
    },
    expect(2, "HTTP 200", (exchange) => (exchange.response?.status === 200 ? null : describe(exchange))),
  ],
});

/** Tokens as such: form, signature, header. */
export const tokenTrials: readonly Trial[] = [...forms, ...signatures, ...algorithms, ...others, ...taken];

export const tokenCases: readonly Case[] = [
  ...tokenTrials.map(overHttp),
  ...headers,
  repeated("exp", 1),
  repeated("aud", "https://another.example"),
  repeated("scope", "openid", 403),
  repeated("https://asap.ai/agent_id", "urn:asap:agent:another", 403),
  oversized,
];
