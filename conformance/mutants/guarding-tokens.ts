import { both, type GuardMutant, refuses, type Shown, takes } from "./guard-edit.js";

/** A token of the suite in compact form; the function looks at it further. */
const jwt =
  (picks: (shown: Shown) => boolean) =>
  (shown: Shown): boolean =>
    /^Bearer \S+$/.test(shown.authorization) && Object.keys(shown.header).length > 0 && picks(shown);

const typeOf = ({ header }: Shown) => header.typ;
const algorithmOf = ({ header }: Shown) => String(header.alg);
/** Length of a signature by a key of 2048 bits. */
const whole = 342;

const forms: readonly GuardMutant[] = [
  takes(
    "takes what is no JWT",
    [...both("form.word"), "form.three-words", "form.header-no-json", "form.claims-no-object", "opaque.active"],
    ({ authorization, header }) => /^Bearer \S+$/.test(authorization) && Object.keys(header).length === 0,
  ),
  takes(
    "takes a JWT without signature",
    ["form.no-signature"],
    jwt(({ parts }) => parts.length === 2),
  ),
  takes(
    "takes an empty signature",
    both("form.empty-signature"),
    jwt((shown) => shown.parts.length === 3 && shown.parts[2] === "" && algorithmOf(shown) === "RS256"),
  ),
  takes(
    "compares the start of a signature",
    ["form.truncated"],
    jwt(({ parts }) => parts.length === 3 && parts[2]?.length === whole - 8),
  ),
  takes(
    "passes over a dot at the end",
    ["form.trailing-dot"],
    jwt(({ parts }) => parts.length === 4),
  ),
  takes(
    "reads three parts of six",
    ["form.twice"],
    jwt(({ parts }) => parts.length === 6),
  ),
  takes(
    "passes over padding",
    ["form.padded"],
    jwt(({ text }) => text.endsWith("=")),
  ),
  {
    name: "answers a long header with 500",
    killedBy: ["form.oversized"],
    wire: { toGarbage: "500 Internal Server Error" },
  },
];

const foreign = ["jwk", "jku", "x5u", "crit"];
const isSigned = (shown: Shown) =>
  shown.parts.length === 3 && shown.parts[2]?.length === whole && algorithmOf(shown) === "RS256";
const bringsNoKey = ({ header }: Shown) => !foreign.some((name) => name in header);
/** Claims as the suite gives them to a token that holds, whatever its scope. */
const holds =
  (honest: Readonly<Record<string, unknown>>) =>
  ({ claims }: Shown): boolean =>
    typeof claims.exp === "number" &&
    claims.exp > Date.now() / 1000 &&
    Number(claims.iat) < Date.now() / 1000 + 60 &&
    Object.keys({ ...honest, ...claims }).every(
      (name) => ["iat", "exp", "jti", "scope"].includes(name) || claims[name] === honest[name],
    );

/** Takes tokens that an honest one was changed into, or whose signature is of another key. */
const unverified = (name: string, killedBy: readonly string[], picks: (shown: Shown) => boolean): GuardMutant => ({
  name,
  killedBy,
  admit: async (shown, honest, judge, authorization) => {
    const judged = await judge(authorization);
    const isBroken = "status" in judged && judged.status === 401;
    const similar = holds(claimsIn(honest));
    const isPicked = shown !== null && jwt((one) => isSigned(one) && bringsNoKey(one) && similar(one))(shown);
    return isBroken && isPicked && picks(shown) ? judge(honest) : judged;
  },
});

const claimsIn = (authorization: string) =>
  JSON.parse(Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString("utf8"));

/** Cases that send a token of a key that is not published. */
const strangers = [
  ...["signature.unknown-key", "keys.flood", "invalid.detail", "invalid.challenge", "invalid.no-echo"],
  ...["order.json", "order.structure", "order.method", "order.envelope", "order.encoding"],
];

const signatures: readonly GuardMutant[] = [
  unverified(
    "verifies no signature",
    [
      ...["signature.changed", "signature.header-changed", "signature.no-key-id", "signature.key-id-path"],
      ...both("signature.claims-changed", "signature.stranger"),
      ...strangers,
    ],
    ({ header, claims }) => !foreignType(header.typ) && !String(claims.scope).includes("openid"),
  ),
  unverified(
    "verifies no signature of a token without key id",
    ["signature.no-key-id"],
    ({ header }) => header.kid === undefined,
  ),
  unverified("takes any key under an id that is a path", ["signature.key-id-path"], ({ header }) =>
    String(header.kid).includes("/"),
  ),
  unverified(
    "leaves the header out of what it verifies",
    ["signature.header-changed"],
    ({ header }) => "cty" in header,
  ),
  unverified(
    "leaves the scope out of what it verifies",
    both("signature.claims-changed"),
    ({ claims }) => claims.scope === "asap:admin asap:execute",
  ),
  takes(
    "takes the algorithm none",
    both("algorithm.none"),
    jwt((shown) => algorithmOf(shown) === "none"),
  ),
  takes(
    "takes the algorithm none in another spelling",
    ["algorithm.none-mixed-case"],
    jwt((shown) => algorithmOf(shown) === "nOnE"),
  ),
  takes(
    "takes HS256 with the public key",
    both("algorithm.hmac"),
    jwt((shown) => algorithmOf(shown) === "HS256"),
  ),
  takes(
    "needs no algorithm",
    ["algorithm.missing"],
    jwt(({ header }) => header.alg === undefined),
  ),
  takes(
    "takes the algorithm of the key",
    ["algorithm.other"],
    jwt((shown) => algorithmOf(shown) === "RS512"),
  ),
];

function foreignType(typ: unknown): boolean {
  return typeof typ === "string" && !/^(application\/)?(at\+)?jwt$/i.test(typ);
}

/** Asks for the key that a token points to, and then refuses the token. */
const fetches = (name: "jku" | "x5u"): GuardMutant => ({
  name: `fetches what ${name} points to`,
  killedBy: [`header.${name}`],
  admit: async (shown, _, judge, authorization) => {
    const url = shown?.header[name];
    if (typeof url === "string") await fetch(url);
    return judge(authorization);
  },
});

const headers: readonly GuardMutant[] = [
  takes(
    "takes the key in jwk",
    ["header.jwk"],
    jwt(({ header }) => "jwk" in header && (header.jwk as { kid?: string }).kid === header.kid),
  ),
  takes(
    "takes the key in jwk for the one of its id",
    ["header.jwk-known-id"],
    jwt(({ header }) => "jwk" in header && (header.jwk as { kid?: string }).kid !== header.kid),
  ),
  takes(
    "takes the key that jku points to",
    ["header.jku"],
    jwt(({ header }) => "jku" in header),
  ),
  takes(
    "takes the key that x5u points to",
    ["header.x5u"],
    jwt(({ header }) => "x5u" in header),
  ),
  fetches("jku"),
  fetches("x5u"),
  takes(
    "passes over crit",
    both("header.crit"),
    jwt(({ header }) => "crit" in header),
  ),
  takes(
    "passes over the type",
    ["dpop-jwt", "logout-jwt", "secevent-jwt", "text"].map((typ) => `header.type.${typ}`),
    jwt(({ header }) => foreignType(header.typ)),
  ),
  refuses(
    "needs a type",
    ["header.type.absent"],
    jwt((shown) => typeOf(shown) === undefined),
  ),
  refuses(
    "takes JWT alone",
    ["header.type.at-jwt", "header.type.upper-case", "header.type.whole"],
    jwt((shown) => /at\+jwt$/i.test(String(typeOf(shown)))),
  ),
  refuses(
    "compares the type letter by letter",
    ["header.type.lower-case", "header.type.upper-case"],
    jwt((shown) => ["jwt", "AT+JWT"].includes(String(typeOf(shown)))),
  ),
  refuses(
    "does not know the whole name of the type",
    ["header.type.whole"],
    jwt((shown) => typeOf(shown) === "application/at+jwt"),
  ),
];

/** Reads the first of two members. */
const readsFirst = (member: string): GuardMutant =>
  takes(
    `reads the first of two ${member}`,
    [`claims.repeated-${member}`],
    jwt(({ parts }) => {
      const text = Buffer.from(parts[1] ?? "", "base64url").toString("utf8");
      return text.split(JSON.stringify(member)).length === 3;
    }),
  );

/** Agents that are wrong about tokens as such: form, signature, header. */
export const guardingTokens: readonly GuardMutant[] = [
  ...forms,
  ...signatures,
  ...headers,
  ...["exp", "aud", "scope", "https://asap.ai/agent_id"].map(readsFirst),
];
