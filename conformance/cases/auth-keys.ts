import { randomBytes } from "node:crypto";
import { authCase, denied, honest, minted } from "../auth-case.js";
import type { Case, Context, Level, Verdict } from "../case.js";
import { accepted, type Check, describe, expect, judged } from "../checks.js";
import { task } from "../documents.js";
import { taskWithoutKeys } from "../introduce.js";
import { longMs } from "../patience.js";
import { hasMint } from "../prerequisites.js";
import { agentClaim, type Mint, type Token } from "../tokens.js";
import type { Exchange } from "../wire.js";

const floodSize = 30;
/** More fetches than that for a flood, and there is no floor between them. */
const mostFetches = 3;

const fetches = (exchange: Exchange | undefined): number => (exchange?.asked?.keys ?? 0) + (exchange?.asked?.told ?? 0);

const unknownKey = (mint: Mint, context: Context): Token =>
  mint.token(context, { key: "stranger", header: { kid: randomBytes(8).toString("hex") } });

const keys: readonly Case[] = [
  {
    id: "auth.keys.unreachable",
    title: "While the keys cannot be had a token is answered with 503, and is taken once they can",
    area: "auth",
    level: "MUST",
    requirements: ["OAU-004"],
    phase: "first",
    prerequisites: [hasMint],
    steps: minted((mint, context) => [taskWithoutKeys(context, mint), honest(mint, context)]),
    judge: (exchanges, context): Verdict => {
      if (exchanges[0]?.response?.status === 200)
        return {
          outcome: "not-applicable",
          reason: "the agent has the keys of the suite from an earlier run",
          undecided: true,
        };
      return judged(
        expect(0, "HTTP 503", (exchange) =>
          exchange.response?.status === 503 ? null : `${describe(exchange)}${restarted(exchange)}`,
        ),
        accepted(1),
      )(exchanges, context);
    },
  },
  authCase({
    id: "keys.rotated",
    title:
      "A key that the issuer has begun to publish is fetched when a token names it, and the key before it still holds",
    requirements: ["OAU-007"],
    phase: "first",
    steps: (mint, context) => [
      task(
        context,
        {},
        {
          token: mint.token(context, { key: "next" }),
          issuer: "rotates",
          patience: { everyMs: 500, forMs: longMs(context), until: ({ response }) => response?.status === 200 },
        },
      ),
      task(context, {}, { token: mint.token(context) }),
    ],
    checks: [accepted(1), accepted(2)],
  }),
  authCase({
    id: "keys.flood",
    title: `${floodSize} unknown keys at once are refused with 401 and cause at most ${mostFetches} fetches of the keys`,
    requirements: ["OAU-007"],
    phase: "first",
    steps: (mint, context) => [
      task(context, {}, { token: mint.token(context) }),
      ...Array.from({ length: floodSize }, () =>
        task(context, {}, { token: unknownKey(mint, context), expectsLimit: true }),
      ),
      task(context, {}, { token: mint.token(context) }),
    ],
    checks: [
      accepted(1),
      (exchanges, context) => {
        const checks = Array.from({ length: floodSize }, (_, at): Check => refusedOrLimited(at + 2));
        return checks.map((check) => check(exchanges, context)).find((finding) => finding !== null) ?? null;
      },
      accepted(floodSize + 2),
      (exchanges) => {
        const count = fetches(exchanges.at(-1)) - fetches(exchanges[1]);
        const expected = `at most ${mostFetches} fetches of the keys`;
        return count <= mostFetches ? null : { expected, found: `${count} fetches`, at: exchanges.length - 1 };
      },
    ],
  }),
];

function refusedOrLimited(at: number): Check {
  return expect(at, "HTTP 401", (exchange) =>
    [401, 429].includes(exchange.response?.status ?? 0) ? null : describe(exchange),
  );
}

const restarted = ({ response }: Exchange): string =>
  response?.status === 401 ? "; an agent that was judged before must be started anew" : "";

/** A token without meaning of its own. The case does not apply to an agent that asks nobody about it. */
function opaque(from: {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly level?: Level;
  readonly token: (mint: Mint, context: Context) => Token;
  readonly issuer?: "errs";
  readonly check: Check;
}): Case {
  const { id, title, requirements, level = "MUST", token, issuer, check } = from;
  return {
    id: `auth.opaque.${id}`,
    title,
    area: "auth",
    level,
    requirements,
    phase: "first",
    prerequisites: [hasMint],
    steps: minted((mint, context) => [
      task(context, {}, { token: mint.token(context) }),
      task(context, {}, { token: mint.opaque(context, true) }),
      task(context, {}, { token: token(mint, context), ...(issuer === undefined ? {} : { issuer }) }),
    ]),
    judge: (exchanges, context) =>
      introspects(exchanges)
        ? judged(accepted(0), accepted(1), check)(exchanges, context)
        : { outcome: "not-applicable", reason: "the agent does not ask the issuer about opaque tokens" },
  };
}

const introspects = ([before, after]: readonly Exchange[]): boolean =>
  (after?.asked?.introspections ?? 0) > (before?.asked?.introspections ?? 0);

/** An answer to a lookup in which active is neither true nor false: the token, or the issuer, is at fault. */
const odd = (name: string, words: string, active: unknown): Case =>
  opaque({
    id: `active-${name}`,
    title: `An opaque token for which the issuer gives ${words} as active is refused with 401, or the issuer with 503`,
    requirements: ["OAU-011"],
    token: (mint, context) => mint.opaque(context, active),
    issuer: "errs",
    check: expect(2, "HTTP 401 or 503", (exchange) =>
      [401, 503].includes(exchange.response?.status ?? 0) ? null : describe(exchange),
    ),
  });

const opaques: readonly Case[] = [
  authCase({
    id: "opaque.active",
    title:
      "An opaque token that the issuer calls active is taken by an agent that asks, and refused with 401 by any other",
    requirements: ["OAUTH-007", "OAU-002"],
    phase: "first",
    steps: (mint, context) => [
      task(context, {}, { token: mint.token(context) }),
      task(context, {}, { token: mint.opaque(context, true) }),
    ],
    checks: [
      accepted(1),
      (exchanges, context) =>
        introspects(exchanges.slice(1)) ? accepted(2)(exchanges, context) : denied(2, 401)(exchanges, context),
    ],
  }),
  opaque({
    id: "inactive",
    title: "An opaque token that the issuer does not call active is refused with 401",
    requirements: ["OAU-011"],
    token: (mint, context) => mint.opaque(context, false),
    check: denied(2, 401),
  }),
  odd("text", "a text", "true"),
  odd("number", "1", 1),
  opaque({
    id: "expired",
    title: "An opaque token that has expired is refused with 401 though the issuer calls it active",
    requirements: ["OAU-011", "OAU-005"],
    token: (mint, context) => mint.opaque(context, true, { exp: 1 }),
    check: denied(2, 401),
  }),
  opaque({
    id: "scope",
    title: "An opaque token without the scope is refused with 403",
    requirements: ["OAU-003", "OAUTH-006"],
    token: (mint, context) => mint.opaque(context, true, { scope: "openid" }),
    check: denied(2, 403),
  }),
  opaque({
    id: "agent",
    title: "An opaque token of another agent is refused with 403",
    requirements: ["BIND-002"],
    token: (mint, context) => mint.opaque(context, true, { [agentClaim]: "urn:asap:agent:another" }),
    check: denied(2, 403),
  }),
];

/** What is got from the issuer: keys, and what it says of opaque tokens. They run before all others, one at a time. */
export const keyCases: readonly Case[] = [...keys, ...opaques];
