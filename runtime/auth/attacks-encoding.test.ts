import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { taskText } from "../testing/asap-request.js";
import { compact, type Forge, forge, part, signer } from "../testing/forge.js";
import { type Attack, attack, describeAttacks } from "../testing/forge-attack.js";
import { agentClaim, bearer, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";
import { createFetchHandler } from "../transport/node.js";

let issuer: TestIssuer;
let target: Target;
let small: Target;
let forged: Forge;

beforeAll(async () => {
  issuer = await startTestIssuer();
  forged = forge(issuer, { [agentClaim]: targetId });
  target = await startTarget(issuer);
  small = await startTarget(issuer, { auth: { maxTokenBytes: 2_048 } });
});
afterAll(async () => {
  await Promise.all([target, small].map((each) => each[Symbol.asyncDispose]()));
  await issuer.close();
});

const changed = (name: string, change: (parts: readonly [string, string, string]) => string, reason = "RFC 7515 7.1") =>
  attack(name, reason, () => change(forged.honest().split(".") as [string, string, string]));
const raw = (input: string): string => `${input}.${part(signer(forged.key, "RS256")(input) as Uint8Array)}`;

const parts: Attack[] = [
  changed("one part", ([head, claims, signature]) => `${head}${claims}${signature}`),
  changed("two parts", ([head, claims]) => `${head}.${claims}`),
  changed("four parts", (all) => `${all.join(".")}.${all[2]}`),
  changed("five parts", (all) => [...all, all[1], all[2]].join(".")),
  changed("a point after it", (all) => `${all.join(".")}.`),
  changed("a point before it", (all) => `.${all.join(".")}`),
  changed("points alone", () => ".."),
  changed("an empty header", ([, claims, signature]) => `.${claims}.${signature}`),
  changed("empty claims", ([head, , signature]) => `${head}..${signature}`),
  changed("the flattened JSON form", ([head, payload, signature]) =>
    JSON.stringify({ protected: head, payload, signature }),
  ),
  changed("the general JSON form", ([head, payload, signature]) =>
    JSON.stringify({ payload, signatures: [{ protected: head, signature }] }),
  ),
  attack("a JWT in a JWT", "RFC 7519 5.2", () =>
    compact(forged.header({ cty: "JWT" }), forged.honest(), signer(forged.key, "RS256")),
  ),
  attack("a JWE of five parts", "RFC 7516 7.1", () =>
    [part({ alg: "RSA-OAEP", enc: "A256GCM", kid: forged.key.kid }), ...Array(4).fill(part("x".repeat(32)))].join("."),
  ),
  attack("a JWE around claims that nobody signed", "CVE-2026-29000 class", () =>
    [
      part({ alg: "dir", enc: "A256GCM", cty: "JWT" }),
      "",
      part("0123456789ab"),
      part(forged.claims()),
      part("x".repeat(16)),
    ].join("."),
  ),
];

/** The next character of the alphabet: in a last place that has spare bits, it stands for the same bytes. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const spare = (text: string): string => text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) + 1];
/** Claims whose encoding has spare bits. */
const uneven = (): object => {
  for (let fill = ""; ; fill += "x") {
    const claims = forged.claims({ fill });
    if (Buffer.byteLength(JSON.stringify(claims)) % 3 === 1) return claims;
  }
};

const encodings: Attack[] = [
  changed(
    "spare bits set in the signature",
    ([head, claims, signature]) => `${head}.${claims}.${spare(signature)}`,
    "RFC 4648 3.5",
  ),
  attack("spare bits set in the claims, signed so", "RFC 4648 3.5", () =>
    raw(`${part(forged.header())}.${spare(part(uneven()))}`),
  ),
  changed("padding after the signature", (all) => `${all.join(".")}==`, "RFC 7515 2"),
  changed("one padding sign", (all) => `${all.join(".")}=`, "RFC 7515 2"),
  attack("padding after the header, signed so", "RFC 7515 2", () => {
    const head = JSON.stringify(forged.header({ fill: "" }));
    const filled = head.replace('"fill":""', `"fill":"${"x".repeat((4 - (head.length % 3)) % 3)}"`);
    return raw(`${Buffer.from(filled).toString("base64url")}==.${part(forged.claims())}`);
  }),
  attack("claims in plain base64 with + and /, signed so", "RFC 7515 2", () => {
    const claims = Buffer.from(
      JSON.stringify(forged.claims({ fill: "\u00fb\u00ff\u00fe???>>>\u00ff\u00ff" })),
    ).toString("base64");
    expect(claims).toMatch(/[+/]/);
    return raw(`${part(forged.header())}.${claims.replace(/=+$/, "")}`);
  }),
  changed(
    "the signature in plain base64",
    ([head, claims, signature]) => {
      const plain = Buffer.from(signature, "base64url").toString("base64").replace(/=+$/, "");
      return `${head}.${claims}.${plain.includes("+") || plain.includes("/") ? plain : `${plain.slice(0, -1)}+`}`;
    },
    "RFC 7515 2",
  ),
  changed(
    "a space in the signature",
    ([head, claims, signature]) => `${head}.${claims}.${signature.slice(0, 9)} ${signature.slice(9)}`,
  ),
  changed(
    "a tab in the claims",
    ([head, claims, signature]) => `${head}.${claims.slice(0, 9)}\t${claims.slice(9)}.${signature}`,
  ),
  changed("a character outside the alphabet", ([head, claims, signature]) => `${head}.${claims}.${signature}!`),
  changed("a length that no bytes have", ([head, claims, signature]) => `${head}.${claims}.${signature}AAA`),
  changed("bytes above ASCII", (all) => `${all.join(".")}\u00e9`),
  changed("in quotes", (all) => `"${all.join(".")}"`),
  changed("with a colon before it", (all) => `:${all.join(".")}`),
  changed("its points escaped", (all) => all.join("%2E")),
];

const contents: Attack[] = [
  ...["[]", "null", "1", '"text"', "true", "", "{", '{"a":1}x', "{'a':1}", '{"a":NaN}', "\ufeff{}"].map((claims) =>
    attack(`claims ${JSON.stringify(claims)}, signed`, "RFC 7519 7.2", () => forged.claimed(claims)),
  ),
  ...["[]", "null", "1", '"RS256"', "", "{"].map((header) =>
    attack(`header ${JSON.stringify(header)}, signed`, "RFC 7515 5.2", () => forged.headed(header)),
  ),
  attack("claims in UTF-16, signed", "RFC 7519 7.2", () =>
    forged.claimed(Buffer.from(JSON.stringify(forged.claims()), "utf16le")),
  ),
  attack("claims with bytes that are no UTF-8, signed", "RFC 7515 5.2", () => {
    const text = JSON.stringify(forged.claims({ fill: "@" }));
    const bytes = Buffer.from(text);
    bytes[text.indexOf("@")] = 0xff;
    return forged.claimed(bytes);
  }),
  attack("claims with a byte order mark, signed", "RFC 8259 8.1", () =>
    forged.claimed(`\ufeff${JSON.stringify(forged.claims())}`),
  ),
  attack("two objects as claims, signed", "RFC 7519 7.2", () =>
    forged.claimed(JSON.stringify(forged.claims()) + JSON.stringify(forged.claims())),
  ),
];

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const many = (count: number): string => Array.from({ length: count }, (_, at) => `"m${at.toString(36)}":0`).join(",");
const unsignedWith = (header: string, claims = '{"sub":"client-1"}'): string => compact(header, claims, "AAAA");
const sizes: Attack[] = [
  attack("a header 5,000 deep", "OWASP API4", () => unsignedWith(`{"alg":"RS256","kid":"k1","x":${nested(5_000)}}`)),
  attack("claims 5,000 deep", "OWASP API4", () => unsignedWith('{"alg":"RS256","kid":"k1"}', `{"x":${nested(5_000)}}`)),
  attack("a header of 1,000 members", "OWASP API4", () => unsignedWith(`{"alg":"RS256","kid":"k1",${many(1_000)}}`)),
  attack("15,000 points", "OWASP API4", () => ".".repeat(15_000)),
  attack("15,000 letters", "OWASP API4", () => "A".repeat(15_000)),
];

describeAttacks("the number and the form of the parts", () => target, parts, [
  { name: "three parts", make: () => forged.honest() },
]);
describeAttacks("other spellings of base64url", () => target, encodings, [
  { name: "claims whose encoding has spare bits that are zero", make: () => forged.claimed(uneven()) },
  { name: "claims that are not ASCII", make: () => forged.claimed(forged.claims({ name: "Zoë 🙂" })) },
]);
describeAttacks("what is no header and what are no claims", () => target, contents, [
  {
    name: "claims with spaces and line ends between them",
    make: () => forged.claimed(JSON.stringify(forged.claims(), null, 2)),
  },
]);
describeAttacks("deep and wide tokens", () => target, sizes, [
  { name: "one of 9,000 bytes", make: () => forged.claimed(forged.claims({ fill: "x".repeat(6_000) })) },
]);
describeAttacks(
  "tokens over the limit of the agent",
  () => small,
  [
    attack("an honest token over the limit", "OWASP API4", () =>
      forged.claimed(forged.claims({ fill: "x".repeat(1_500) })),
    ),
    attack(
      "one byte over the limit",
      "OWASP API4",
      () => `${forged.honest()}${"A".repeat(2_049 - forged.honest().length)}`,
    ),
  ],
  [{ name: "one under the limit", make: () => forged.claimed(forged.claims({ fill: "x".repeat(400) })) }],
);

describe("tokens that no HTTP header of Node can hold", () => {
  test.each([
    ["16 KiB and more", () => `${forged.honest()}${"A".repeat(16_384)}`],
    ["1 MiB", () => `${forged.honest()}${"A".repeat(1_048_576)}`],
    ["a header of 5,000 members", () => unsignedWith(`{"alg":"RS256","kid":"k1",${many(5_000)}}`)],
    ["a header 100,000 deep", () => unsignedWith(`{"alg":"RS256","kid":"k1","x":${nested(100_000)}}`)],
    ["5,000 honest claims", () => forged.claimed(`{${many(5_000)},${JSON.stringify(forged.claims()).slice(1)}`)],
  ])("%s: 401 by the handler of web requests", async (_name, make) => {
    const handle = createFetchHandler(target.agent, { rateLimit: "off" });
    const headers = { authorization: `Bearer ${make()}`, "content-type": "application/json" };
    const before = target.runs();
    const response = await handle(new Request(`${target.url}/asap`, { method: "POST", headers, body: taskText() }));
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ detail: "Invalid authentication token" });
    expect(target.runs()).toBe(before);
  });

  test("over a socket Node answers 431, and the agent sees nothing of it", async () => {
    const before = target.runs();
    const token = `${forged.honest()}${"A".repeat(20_000)}`;
    expect((await target.post(bearer(token))).status).toBe(431);
    expect((await target.upgrade(bearer(token))).status).toBe(431);
    expect(target.runs()).toBe(before);
  });
});
