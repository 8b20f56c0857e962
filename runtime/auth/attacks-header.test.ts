import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compact, type Forge, forge, part, signer } from "../testing/forge.js";
import { type Attack, attack, describeAttacks } from "../testing/forge-attack.js";
import { agentClaim, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { type IssuerKey, issuerKey, startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let target: Target;
let forged: Forge;
let attacker: IssuerKey;
let server: Server;
let attackerUrl: string;
const askedOfAttacker: string[] = [];

beforeAll(async () => {
  issuer = await startTestIssuer();
  attacker = await issuerKey("attacker");
  server = createServer((request, response) => {
    askedOfAttacker.push(request.url ?? "");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: [attacker.jwk], issuer: attackerUrl, jwks_uri: `${attackerUrl}/jwks` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  attackerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  forged = forge(issuer, { [agentClaim]: targetId });
  target = await startTarget(issuer);
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
  await issuer.close();
  await new Promise((resolve) => server.close(resolve));
});

/** Signed by the attacker, with header members that say where or what his key is. */
const pointed = (name: string, members: () => object) =>
  attack(`the attacker's key by ${name}`, "CVE-2018-0114, RFC 8725 3.10", () =>
    compact(forged.header(members()), forged.claims(), signer(attacker, "RS256")),
  );
const certificate = "MIIBszCCAVmgAwIBAgIUJ0";
const keyed: Attack[] = [
  pointed("jwk", () => ({ jwk: attacker.jwk })),
  pointed("jwk without a kid", () => ({ jwk: attacker.jwk, kid: undefined })),
  pointed("jwk under its own kid", () => ({ jwk: attacker.jwk, kid: "attacker" })),
  pointed("jwk that says it is the issuer's", () => ({ jwk: { ...attacker.jwk, kid: forged.key.kid } })),
  pointed("jku", () => ({ jku: `${attackerUrl}/jwks` })),
  pointed("jku under its own kid", () => ({ jku: `${attackerUrl}/jwks`, kid: "attacker" })),
  pointed("jku without a kid", () => ({ jku: `${attackerUrl}/jwks`, kid: undefined })),
  pointed("jku with the issuer in its user name", () => ({
    jku: `http://${issuer.issuer.slice(7)}@${attackerUrl.slice(7)}/jwks`,
  })),
  pointed("x5u", () => ({ x5u: `${attackerUrl}/certificate.pem` })),
  pointed("x5c", () => ({ x5c: [certificate] })),
  pointed("x5t", () => ({ x5t: part(certificate), "x5t#S256": part(certificate) })),
  pointed("all of them", () => ({
    jwk: attacker.jwk,
    jku: `${attackerUrl}/jwks`,
    x5u: `${attackerUrl}/certificate.pem`,
    x5c: [certificate],
    kid: "attacker",
  })),
  attack("an honest signature, the issuer's own keys by jku", "RFC 8725 3.10", () =>
    forged.headed(forged.header({ jku: issuer.jwksUri })),
  ),
  attack("an honest signature, the issuer's own key by jwk", "RFC 8725 3.10", () =>
    forged.headed(forged.header({ jwk: forged.key.jwk })),
  ),
  attack("the attacker's key by an issuer of his own", "RFC 8725 3.8", () =>
    compact(forged.header({ kid: "attacker" }), forged.claims({ iss: attackerUrl }), signer(attacker, "RS256")),
  ),
];

const kid = (name: string, value: () => unknown) =>
  attack(`kid ${name}`, "RFC 7515 4.1.4, RFC 8725 3.10", () => forged.headed(forged.header({ kid: value() })));
const kids: Attack[] = [
  kid("unknown", () => "k2"),
  kid("in the other case", () => "K1"),
  kid("with a space after it", () => "k1 "),
  kid("that is empty", () => ""),
  kid("that is a path", () => "../../../../../../dev/null"),
  kid("that is SQL", () => "k1' UNION SELECT 'secret' -- "),
  kid("that is a command", () => "k1; cat /etc/passwd |"),
  kid("that is a URL", () => `${attackerUrl}/jwks`),
  kid("with NUL", () => "k1\0"),
  kid("with line ends", () => "k1\r\nX-Injected: 1"),
  kid("of 4 KiB", () => "k".repeat(4_096)),
  kid("__proto__", () => "__proto__"),
  kid("constructor", () => "constructor"),
  kid("that is a number", () => 1),
  kid("that is a list", () => ["k1"]),
  kid("that is an object", () => ({ kid: "k1" })),
  kid("null", () => null),
];

const crit = (name: string, header: () => object | string) =>
  attack(`crit ${name}`, "RFC 7515 4.1.11", () => forged.headed(header()));
const critical: Attack[] = [
  crit("unknown", () => forged.header({ crit: ["exp-check"], "exp-check": true })),
  crit("unknown and absent", () => forged.header({ crit: ["exp-check"] })),
  crit("empty", () => forged.header({ crit: [] })),
  crit("of a registered member", () => forged.header({ crit: ["alg"] })),
  crit("not a list", () => forged.header({ crit: "b64", b64: true })),
  crit("with one twice", () => forged.header({ crit: ["b64", "b64"], b64: true })),
  crit("written twice", () => `${JSON.stringify(forged.header({ crit: ["x"], x: 1 })).slice(0, -1)},"crit":["typ"]}`),
  crit("null", () => forged.header({ crit: null })),
  attack("b64 false, claims not encoded", "RFC 7797 7", () => {
    const input = `${part(forged.header({ crit: ["b64"], b64: false }))}.${JSON.stringify({ sub: "client-1" })}`;
    return `${input.replace(/\s/g, "")}.${part(signer(forged.key, "RS256")(input) as Uint8Array)}`;
  }),
  attack("b64 false, claims encoded", "RFC 7797 7", () => forged.headed(forged.header({ crit: ["b64"], b64: false }))),
];

const typed = (typ: unknown) =>
  attack(`typ ${JSON.stringify(typ)}`, "RFC 9068 4, RFC 8725 3.11", () => forged.headed(forged.header({ typ })));
const kinds: Attack[] = [
  ...["logout+jwt", "secevent+jwt", "dpop+jwt", "oauth-authz-req+jwt", "token-introspection+jwt", "id_token+jwt"].map(
    typed,
  ),
  ...["application/jwt", "JWS", "JOSE", "jwt ", "at+jwt;v=1", "xat+jwt", "at+jwt\0", ""].map(typed),
  typed(null),
  typed(1),
  typed(["at+jwt"]),
  attack("typ twice, foreign first", "RFC 7515 4", () =>
    forged.headed(`{"typ":"logout+jwt",${JSON.stringify(forged.header()).slice(1)}`),
  ),
  attack("alg twice, none last", "RFC 7515 4", () =>
    forged.headed(`${JSON.stringify(forged.header()).slice(0, -1)},"alg":"none"}`),
  ),
  attack("alg twice, none first", "RFC 7515 4", () =>
    forged.headed(`{"alg":"none",${JSON.stringify(forged.header()).slice(1)}`),
  ),
  attack("alg twice, once with an escape", "RFC 7515 4, RFC 8259 4", () =>
    forged.headed(`{"\\u0061lg":"none",${JSON.stringify(forged.header()).slice(1)}`),
  ),
  attack("the members of the header under __proto__", "RFC 7515 4.1.1", () =>
    forged.headed(`{"__proto__":${JSON.stringify(forged.header())}}`),
  ),
];

describeAttacks("keys that the token brings along", () => target, keyed, [
  { name: "its header holds a print of a certificate", make: () => forged.headed(forged.header({ x5t: "AAAA" })) },
]);
test("nobody asked the attacker for anything, and the issuer for its metadata and keys alone", () => {
  expect(askedOfAttacker).toEqual([]);
  expect([...issuer.asked.keys()].sort()).toEqual(["/.well-known/openid-configuration", "/jwks"]);
});
describeAttacks("key ids", () => target, kids, [
  { name: "no kid, where the issuer has one key", make: () => forged.headed(forged.header({ kid: undefined })) },
]);
describeAttacks("critical members", () => target, critical, [
  { name: "a member that is unknown but not critical", make: () => forged.headed(forged.header({ x: 1 })) },
]);
describeAttacks("other kinds of token by their header", () => target, kinds, [
  ...["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT"].map((typ) => ({
    name: `typ ${typ}`,
    make: () => forged.headed(forged.header({ typ })),
  })),
  { name: "no typ", make: () => forged.headed(forged.header({ typ: undefined })) },
]);
