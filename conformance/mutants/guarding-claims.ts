import { both, type GuardMutant, guardedAudience, refuses, type Shown, takes } from "./guard-edit.js";

type Claims = Readonly<Record<string, unknown>>;

/** Tokens whose claims a function picks. */
const claims =
  (picks: (claims: Claims) => boolean) =>
  ({ claims: own, parts }: Shown): boolean =>
    Object.keys(own).length > 0 && parts.length === 3 && picks(own);

const another = "https://another.example";
const seconds = () => Date.now() / 1000;
const isOfSuite = (issuer: unknown) => typeof issuer === "string" && /^http:\/\/127\.0\.0\.1:\d+$/.test(issuer);
const all = (member: string, ...names: readonly string[]) => names.map((name) => `claims.${member}.${name}`);

const issuers: readonly GuardMutant[] = [
  takes(
    "does not look at iss",
    [...all("iss", "missing", "slash", "longer", "list"), ...both("claims.iss.another")],
    claims(({ iss }) => !isOfSuite(iss)),
  ),
  takes(
    "looks at iss where there is one",
    all("iss", "missing"),
    claims(({ iss }) => iss === undefined),
  ),
  takes(
    "passes over a slash at the end of iss",
    all("iss", "slash"),
    claims(({ iss }) => String(iss).endsWith("/")),
  ),
  takes(
    "compares the start of iss",
    all("iss", "slash", "longer"),
    claims(({ iss }) => /^http:\/\/127\.0\.0\.1:\d+[/.]/.test(String(iss)) && typeof iss === "string"),
  ),
  takes(
    "reads a list as iss",
    all("iss", "list"),
    claims(({ iss }) => Array.isArray(iss)),
  ),
];

const audiences: readonly GuardMutant[] = [
  takes(
    "does not look at aud",
    [
      ...all("aud", "missing", "longer", "list-without", "empty-list", "in-words"),
      ...both("claims.aud.another"),
      "claims.repeated-aud",
    ],
    claims(({ aud }) => aud !== guardedAudience && !(Array.isArray(aud) && aud.includes(guardedAudience))),
  ),
  takes(
    "looks at aud where there is one",
    all("aud", "missing"),
    claims(({ aud }) => aud === undefined),
  ),
  takes(
    "compares the start of aud",
    all("aud", "longer"),
    claims(({ aud }) => typeof aud === "string" && aud.startsWith(`${guardedAudience}/`)),
  ),
  takes(
    "looks for its audience anywhere in aud",
    all("aud", "longer", "in-words"),
    claims(({ aud }) => typeof aud === "string" && aud !== guardedAudience && aud.includes(guardedAudience)),
  ),
  takes(
    "takes any list as aud",
    all("aud", "list-without", "empty-list"),
    claims(({ aud }) => Array.isArray(aud) && !aud.includes(guardedAudience)),
  ),
  refuses(
    "takes no list as aud",
    all("aud", "list"),
    claims(({ aud }) => Array.isArray(aud)),
  ),
];

const times: readonly GuardMutant[] = [
  takes(
    "does not look at exp",
    [...both("claims.exp.past", "claims.exp.missing"), ...all("exp", "null", "text", "zero"), "claims.repeated-exp"],
    claims(({ exp }) => !(typeof exp === "number" && exp > seconds())),
  ),
  takes(
    "takes tokens without end",
    [...both("claims.exp.missing"), ...all("exp", "null")],
    claims(({ exp }) => exp == null),
  ),
  takes(
    "takes 0 for no exp",
    all("exp", "zero"),
    claims(({ exp }) => exp === 0),
  ),
  takes(
    "reads a text as exp",
    all("exp", "text"),
    claims(({ exp }) => typeof exp === "string"),
  ),
  takes(
    "does not look at nbf",
    [...both("claims.nbf.ahead"), ...all("nbf", "text")],
    claims(({ nbf }) => typeof nbf === "string" || Number(nbf) > seconds()),
  ),
  takes(
    "does not look at iat",
    all("iat", "ahead"),
    claims(({ iat }) => Number(iat) > seconds() + 60),
  ),
  refuses(
    "takes nbf for the end",
    all("nbf", "past"),
    claims(({ nbf }) => typeof nbf === "number" && nbf < seconds()),
  ),
  refuses(
    "takes whole seconds alone",
    all("exp", "fraction"),
    claims(({ exp }) => typeof exp === "number" && !Number.isInteger(exp)),
  ),
  refuses(
    "needs iat",
    all("iat", "missing"),
    claims(({ iat }) => iat === undefined),
  ),
];

const others: readonly GuardMutant[] = [
  takes(
    "does not look at sub",
    [...all("sub", "missing", "number", "list"), ...both("claims.sub.empty")],
    claims(({ sub }) => typeof sub !== "string" || sub === ""),
  ),
  takes(
    "takes an empty sub",
    both("claims.sub.empty"),
    claims(({ sub }) => sub === ""),
  ),
  takes(
    "reads a number as sub",
    all("sub", "number"),
    claims(({ sub }) => typeof sub === "number"),
  ),
  refuses(
    "takes no further claims",
    ["claims.more"],
    claims((own) => `${another}/claim` in own),
  ),
];

/** Agents that are wrong about issuer, audience, times or subject of a token. */
export const guardingClaims: readonly GuardMutant[] = [...issuers, ...audiences, ...times, ...others];
