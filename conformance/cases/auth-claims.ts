import { overHttp, type Trial } from "../auth-case.js";
import type { Case, Context, Level } from "../case.js";
import { secondsAt, type TokenChanges } from "../tokens.js";

type Claims = NonNullable<TokenChanges["claims"]>;

/** A token whose claims do not hold. */
const broken = (
  id: string,
  words: string,
  claims: (of: { issuer: string; audience: string }, context: Context) => Claims,
  requirement = "OAU-005",
  level: Level = "MUST",
): Trial => ({
  id: `claims.${id}`,
  title: `A token ${words} is refused with 401`,
  requirements: ["OAUTH-005", requirement],
  level,
  changes: (mint, context) => ({ claims: claims(mint, context) }),
  status: 401,
});

const issuers: readonly Trial[] = [
  broken("iss.another", "of another issuer", () => ({ iss: "https://another.example" })),
  broken("iss.missing", "without iss", () => ({ iss: undefined })),
  broken("iss.slash", "whose iss has a slash more", ({ issuer }) => ({ iss: `${issuer}/` })),
  broken("iss.longer", "whose iss starts with the issuer", ({ issuer }) => ({ iss: `${issuer}.another.example` })),
  broken("iss.list", "whose iss is a list that holds the issuer", ({ issuer }) => ({ iss: [issuer] })),
];

const audiences: readonly Trial[] = [
  broken("aud.another", "for another audience", () => ({ aud: "https://another.example" })),
  broken("aud.missing", "without aud", () => ({ aud: undefined })),
  broken("aud.longer", "whose aud starts with the audience", ({ audience }) => ({ aud: `${audience}/another` })),
  broken("aud.list-without", "for several audiences, all of them others", () => ({
    aud: ["https://another.example", "https://third.example"],
  })),
  broken("aud.empty-list", "for an empty list of audiences", () => ({ aud: [] })),
  broken("aud.in-words", "whose aud names the audience among other words", ({ audience }) => ({
    aud: `https://another.example ${audience}`,
  })),
];

/** Further than any tolerance for clocks. */
const farSeconds = 3600;

const times: readonly Trial[] = [
  broken("exp.past", "that has expired", (_, context) => ({
    iat: secondsAt(context, -2 * farSeconds),
    exp: secondsAt(context, -120),
  })),
  broken("exp.missing", "without exp", () => ({ exp: undefined })),
  broken("exp.null", "whose exp is null", () => ({ exp: null })),
  broken("exp.text", "whose exp is a text", (_, context) => ({ exp: String(secondsAt(context, farSeconds)) })),
  broken("exp.zero", "whose exp is 0", () => ({ exp: 0 })),
  broken("nbf.ahead", "that is not valid yet", (_, context) => ({ nbf: secondsAt(context, farSeconds) })),
  broken(
    "nbf.text",
    "whose nbf is a text",
    (_, context) => ({ nbf: String(secondsAt(context, -farSeconds)) }),
    "OAU-005",
    "SHOULD",
  ),
  broken(
    "iat.ahead",
    "that was issued in the future",
    (_, context) => ({ iat: secondsAt(context, farSeconds) }),
    "OAU-002",
    "SHOULD",
  ),
];

const subjects: readonly Trial[] = [
  broken("sub.missing", "without sub", () => ({ sub: undefined }), "OAU-002"),
  broken("sub.empty", "whose sub is empty", () => ({ sub: "" }), "OAU-002"),
  broken("sub.number", "whose sub is a number", () => ({ sub: 7 }), "OAU-002"),
  broken("sub.list", "whose sub is a list", () => ({ sub: ["asap-conformance"] }), "OAU-002"),
];

const taken = (
  id: string,
  words: string,
  claims: (of: { audience: string }, context: Context) => Claims,
  level: Level = "MUST",
): Trial => ({
  id: `claims.${id}`,
  title: `A token ${words} is taken`,
  requirements: ["OAUTH-005", "OAU-005"],
  level,
  changes: (mint, context) => ({ claims: claims(mint, context) }),
});

const holding: readonly Trial[] = [
  taken("aud.list", "for several audiences, this one among them", ({ audience }) => ({
    aud: ["https://another.example", audience],
  })),
  taken("nbf.past", "that has been valid for an hour", (_, context) => ({ nbf: secondsAt(context, -farSeconds) })),
  taken("exp.fraction", "whose exp has a fraction", (_, context) => ({ exp: secondsAt(context, farSeconds) + 0.5 })),
  taken("iat.missing", "without iat", () => ({ iat: undefined }), "SHOULD"),
  taken("more", "with further claims", () => ({ roles: ["a"], "https://another.example/claim": { b: 1 } })),
];

/** What a token says of itself: issuer, audience, times, subject. */
export const claimTrials: readonly Trial[] = [...issuers, ...audiences, ...times, ...subjects, ...holding];

export const claimCases: readonly Case[] = claimTrials.map(overHttp);
