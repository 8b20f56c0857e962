import { afterAll, beforeAll } from "vitest";
import { compact, type Forge, forge, signer } from "../testing/forge.js";
import { type Attack, attack, describeAttacks } from "../testing/forge-attack.js";
import { agentClaim, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let other: TestIssuer;
let target: Target;
let forged: Forge;

beforeAll(async () => {
  issuer = await startTestIssuer();
  other = await startTestIssuer();
  forged = forge(issuer, { [agentClaim]: targetId });
  target = await startTarget(issuer);
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await Promise.all([issuer, other].map((each) => each.close()));
});

/** An honest token but for some claims; what is undefined is left out. */
const claims = (name: string, reason: string, change: () => object, verdict?: Parameters<typeof attack>[3]) =>
  attack(name, reason, () => forged.claimed(forged.claims(change())), verdict);
/** An honest token whose claims hold JSON that no library writes. */
const written = (name: string, member: string, json: string, reason: string) =>
  attack(name, reason, () => {
    const text = JSON.stringify(forged.claims({ [member]: "@" }));
    return forged.claimed(text.replace('"@"', json));
  });
const twice = (name: string, member: string, value: () => unknown, first: () => object = () => ({})) =>
  attack(name, "RFC 7519 4, RFC 8725 2.4", () => forged.repeated(member, value(), first()));

const times: Attack[] = [
  claims("exp long past", "RFC 7519 4.1.4", () => ({ exp: forged.at(-3_600), iat: forged.at(-7_200) })),
  claims("exp past the tolerance", "RFC 7519 4.1.4", () => ({ exp: forged.at(-32), iat: forged.at(-600) })),
  claims("exp 0", "RFC 7519 4.1.4", () => ({ exp: 0 })),
  claims("exp negative", "RFC 7519 4.1.4", () => ({ exp: -1 })),
  claims("no exp", "RFC 9068 2.2", () => ({ exp: undefined })),
  claims("exp as text", "RFC 7519 2", () => ({ exp: String(forged.at(600)) })),
  claims("exp as a date", "RFC 7519 2", () => ({ exp: new Date(Date.now() + 600_000).toISOString() })),
  claims("exp null", "RFC 7519 2", () => ({ exp: null })),
  claims("exp true", "RFC 7519 2", () => ({ exp: true })),
  claims("exp a list", "RFC 7519 2", () => ({ exp: [forged.at(600)] })),
  claims("exp an object", "RFC 7519 2", () => ({ exp: { valueOf: forged.at(600) } })),
  written("exp 1e400", "exp", "1e400", "RFC 7519 2, RFC 8259 6"),
  claims("nbf ahead", "RFC 7519 4.1.5", () => ({ nbf: forged.at(3_600) })),
  claims("nbf ahead of the tolerance", "RFC 7519 4.1.5", () => ({ nbf: forged.at(34) })),
  claims("nbf as text", "RFC 7519 2", () => ({ nbf: "0" })),
  claims("nbf null", "RFC 7519 2", () => ({ nbf: null })),
  written("nbf -1e400", "nbf", "-1e400", "RFC 7519 2, RFC 8259 6"),
  claims("iat ahead", "RFC 7519 4.1.6", () => ({ iat: forged.at(3_600), exp: forged.at(7_200) })),
  claims("iat in milliseconds", "RFC 7519 4.1.6", () => ({ iat: Date.now() })),
  claims("iat as text", "RFC 7519 2", () => ({ iat: String(forged.at(0)) })),
  claims("iat null", "RFC 7519 2", () => ({ iat: null })),
  written("iat 1e400", "iat", "1e400", "RFC 7519 2, RFC 8259 6"),
];

const issuers: Attack[] = [
  claims("no iss", "RFC 9068 2.2", () => ({ iss: undefined })),
  claims("iss empty", "RFC 9068 4", () => ({ iss: "" })),
  claims("iss with a slash after it", "RFC 9068 4", () => ({ iss: `${issuer.issuer}/` })),
  claims("iss that goes on", "RFC 9068 4", () => ({ iss: `${issuer.issuer}/realms/other` })),
  claims("iss that is a prefix", "RFC 9068 4", () => ({ iss: issuer.issuer.slice(0, -1) })),
  claims("iss in the other case", "RFC 9068 4", () => ({ iss: issuer.issuer.toUpperCase() })),
  claims("iss under another name of the host", "RFC 9068 4", () => ({
    iss: issuer.issuer.replace("127.0.0.1", "localhost"),
  })),
  claims("iss with a space after it", "RFC 9068 4", () => ({ iss: `${issuer.issuer} ` })),
  claims("iss as a list", "RFC 7519 4.1.1", () => ({ iss: [issuer.issuer] })),
  claims("iss null", "RFC 7519 4.1.1", () => ({ iss: null })),
  attack("a valid token of another issuer", "RFC 8725 3.8", () => other.mint({ [agentClaim]: targetId })),
  attack("a token of another issuer that names this one", "RFC 8725 3.8", () =>
    other.mint({ [agentClaim]: targetId, iss: issuer.issuer }),
  ),
  claims("a token by the issuer's key that names another issuer", "RFC 8725 3.8", () => ({ iss: other.issuer })),
];

const aud = (name: string, value: () => unknown) => claims(`aud ${name}`, "RFC 7519 4.1.3", () => ({ aud: value() }));
const audiences: Attack[] = [
  aud("absent", () => undefined),
  aud("of another", () => "https://other.example"),
  aud("that is a prefix", () => testAudience.slice(0, -1)),
  aud("that goes on", () => `${testAudience}.attacker.example`),
  aud("with a slash after it", () => `${testAudience}/`),
  aud("in the other case", () => testAudience.toUpperCase()),
  aud("with a space after it", () => `${testAudience} `),
  aud("with two in one text", () => `${testAudience} https://other.example`),
  aud("empty", () => ""),
  aud("an empty list", () => []),
  aud("a list of others", () => ["https://other.example", `${testAudience}/`]),
  aud("a list in a list", () => [[testAudience]]),
  aud("an object", () => ({ [testAudience]: true })),
  aud("a number", () => 1),
  aud("null", () => null),
];

const subjects: Attack[] = [
  claims("no sub", "RFC 9068 2.2", () => ({ sub: undefined })),
  claims("sub empty", "RFC 7519 4.1.2", () => ({ sub: "" })),
  claims("sub a number", "RFC 7519 4.1.2", () => ({ sub: 42 })),
  claims("sub null", "RFC 7519 4.1.2", () => ({ sub: null })),
  claims("sub a list", "RFC 7519 4.1.2", () => ({ sub: ["client-1"] })),
  claims("sub an object", "RFC 7519 4.1.2", () => ({ sub: { id: "client-1" } })),
];

const repeated: Attack[] = [
  twice(
    "exp twice, the past first",
    "exp",
    () => forged.at(600),
    () => ({ exp: 1 }),
  ),
  twice("exp twice, the past last", "exp", () => 1),
  twice(
    "scope twice, the right one last",
    "scope",
    () => "asap:execute",
    () => ({ scope: "asap:read" }),
  ),
  twice("scope twice, the right one first", "scope", () => "asap:read"),
  twice(
    "the agent twice, the right one last",
    agentClaim,
    () => targetId,
    () => ({ [agentClaim]: "urn:asap:agent:other" }),
  ),
  twice("the agent twice, the right one first", agentClaim, () => "urn:asap:agent:other"),
  twice(
    "aud twice",
    "aud",
    () => testAudience,
    () => ({ aud: "https://other.example" }),
  ),
  twice(
    "iss twice",
    "iss",
    () => issuer.issuer,
    () => ({ iss: other.issuer }),
  ),
  twice("sub twice", "sub", () => "client-2"),
  attack("sub twice, once with an escape", "RFC 8259 4", () =>
    forged.claimed(`{"s\\u0075b":"client-2",${JSON.stringify(forged.claims()).slice(1)}`),
  ),
  attack("all claims under __proto__", "CWE-1321", () =>
    forged.claimed(`{"__proto__":${JSON.stringify(forged.claims())}}`),
  ),
  attack("the scope under __proto__", "CWE-1321", () => {
    const text = JSON.stringify(forged.claims({ scope: undefined }));
    return forged.claimed(`{"__proto__":{"scope":"asap:execute"},${text.slice(1)}`);
  }),
  attack("the agent under __proto__", "CWE-1321", () => {
    const text = JSON.stringify(forged.claims({ [agentClaim]: undefined }));
    return forged.claimed(`{"__proto__":{"${agentClaim}":"${targetId}"},${text.slice(1)}`);
  }),
];

const token = (
  name: string,
  reason: string,
  header: object,
  more: () => object,
  verdict?: Parameters<typeof attack>[3],
) =>
  attack(
    name,
    reason,
    () => compact(forged.header(header), forged.claims(more()), signer(forged.key, "RS256")),
    verdict,
  );
const clientId = "web-client";
const logout = { "http://schemas.openid.net/event/backchannel-logout": {} };
const kinds: Attack[] = [
  token("an id token", "RFC 8725 3.12", { typ: "JWT" }, () => ({
    aud: clientId,
    nonce: "n",
    at_hash: "AAAA",
    scope: undefined,
  })),
  token("an id token whose audience is the agent", "RFC 8725 3.12", { typ: "JWT" }, () => ({
    aud: [clientId, testAudience],
    azp: clientId,
    nonce: "n",
    at_hash: "AAAA",
  })),
  token("an id token of a kind that says so", "RFC 8725 3.11", { typ: "JWT" }, () => ({ typ: "ID" })),
  token(
    "an id token without a scope",
    "RFC 8725 3.12",
    { typ: "JWT" },
    () => ({ nonce: "n", scope: undefined }),
    "scope",
  ),
  token("a refresh token of a kind that says so", "RFC 8725 3.11", { typ: "JWT" }, () => ({ typ: "Refresh" })),
  token("a logout token", "OIDC Back-Channel Logout 2.4", { typ: "logout+jwt" }, () => ({ events: logout })),
  token("a logout token that says it is a JWT", "OIDC Back-Channel Logout 2.4", { typ: "JWT" }, () => ({
    events: logout,
  })),
  token("a security event token", "RFC 8417 2.3", { typ: "secevent+jwt" }, () => ({ events: { "urn:event": {} } })),
  token("a security event token that says it is a JWT", "RFC 8417 2.3", { typ: "JWT" }, () => ({
    events: { "urn:event": {} },
  })),
  token("a proof of possession", "RFC 9449 4.2", { typ: "dpop+jwt" }, () => ({
    htm: "POST",
    htu: target.url,
    jti: "1",
  })),
  token("a token bound to a key by DPoP, as bearer", "RFC 9449 7.2", {}, () => ({ cnf: { jkt: "AAAA" } })),
  token("a token bound to a certificate, as bearer", "RFC 8705 3", {}, () => ({ cnf: { "x5t#S256": "AAAA" } })),
  token("a request object", "RFC 9101 10.8", { typ: "oauth-authz-req+jwt" }, () => ({
    response_type: "code",
    client_id: clientId,
  })),
  token("an assertion of a client", "RFC 7523 3", { typ: "JWT" }, () => ({ iss: clientId, sub: clientId })),
  token("an answer to introspection", "RFC 9701 5", { typ: "token-introspection+jwt" }, () => ({
    token_introspection: { active: true },
  })),
];

describeAttacks("times", () => target, times, [
  { name: "exp in the past within the tolerance", make: () => forged.claimed(forged.claims({ exp: forged.at(-15) })) },
  { name: "nbf ahead within the tolerance", make: () => forged.claimed(forged.claims({ nbf: forged.at(15) })) },
  { name: "iat ahead within the tolerance", make: () => forged.claimed(forged.claims({ iat: forged.at(15) })) },
  { name: "exp with a fraction", make: () => forged.claimed(forged.claims({ exp: forged.at(600) + 0.5 })) },
  { name: "no iat, no nbf", make: () => forged.claimed(forged.claims({ iat: undefined })) },
]);
describeAttacks("issuers", () => target, issuers, [
  { name: "the issuer in the same characters", make: () => forged.honest() },
]);
describeAttacks("audiences", () => target, audiences, [
  { name: "a list of one", make: () => forged.claimed(forged.claims({ aud: [testAudience] })) },
  {
    name: "one of a list",
    make: () => forged.claimed(forged.claims({ aud: ["https://other.example", testAudience] })),
  },
]);
describeAttacks("subjects", () => target, subjects, [
  { name: "a subject of one letter", make: () => forged.claimed(forged.claims({ sub: "x" })) },
]);
describeAttacks("claims written twice, and where they are not", () => target, repeated, [
  {
    name: "the same name deeper down",
    make: () => forged.claimed(forged.claims({ more: { exp: 1, sub: "x", scope: "" } })),
  },
]);
describeAttacks("other kinds of token by their claims", () => target, kinds, [
  { name: "typ Bearer as a claim", make: () => forged.claimed(forged.claims({ typ: "Bearer", azp: clientId })) },
]);
