import { authCase, denied, overHttp, type Trial } from "../auth-case.js";
import type { Case, Context, Level } from "../case.js";
import { accepted, type Check, describe, errorData, errorOf, expect, header } from "../checks.js";
import { task } from "../documents.js";
import { agentClaim, type Mint, referenceClaim, type TokenChanges } from "../tokens.js";

type Claims = NonNullable<TokenChanges["claims"]>;
type Changed = (mint: Mint, context: Context) => Claims;

const forbidden = (id: string, title: string, requirements: readonly string[], claims: Changed): Trial => ({
  id,
  title,
  requirements,
  changes: (mint, context) => ({ claims: claims(mint, context) }),
  status: 403,
});

const taken = (
  id: string,
  title: string,
  requirements: readonly string[],
  claims: Changed,
  level: Level = "MUST",
): Trial => ({ id, title, requirements, level, changes: (mint, context) => ({ claims: claims(mint, context) }) });

/** Scopes that do not hold any of those that are asked for. */
const withoutScope = (id: string, words: string, scope: (own: readonly string[]) => unknown): Trial =>
  forbidden(
    `scope.${id}`,
    `A token ${words} is refused with 403`,
    ["OAUTH-006", "OAU-003", "OAU-015"],
    ({ scopes }) => ({ scope: scope(scopes) }),
  );

const scopes: readonly Trial[] = [
  withoutScope("missing", "without scope", () => undefined),
  withoutScope("empty", "whose scope is empty", () => ""),
  withoutScope("others", "with other scopes", () => "openid profile"),
  withoutScope("read", "whose only scope is asap:read", () => "asap:read"),
  withoutScope("longer", "with scopes that go on after the right one", (own) => own.map((one) => `${one}2`).join(" ")),
  withoutScope("shorter", "with scopes that end before the right one", (own) =>
    own.map((one) => one.slice(0, -1)).join(" "),
  ),
  withoutScope("upper-case", "with scopes in upper case", (own) => own.join(" ").toUpperCase()),
  withoutScope("commas", "with commas between its scopes", (own) => ["openid", ...own, "profile"].join(",")),
  withoutScope("object", "whose scope is an object", (own) => Object.fromEntries(own.map((one) => [one, true]))),
  taken("scope.among-others", "A scope among others is found", ["OAUTH-006", "OAU-006"], (mint) => ({
    scope: ["openid", ...mint.scopes, "profile"].join(" "),
  })),
  taken("scope.list", "Scopes in a list are read", ["OAUTH-006", "OAU-006"], (mint) => ({ scope: mint.scopes })),
];

/** A token whose claim is not that of the agent. */
const ofAnother = (id: string, words: string, value: (agent: string) => unknown): Trial =>
  forbidden(
    `agent.${id}`,
    `A token whose agent claim ${words} is refused with 403`,
    ["BIND-001", "BIND-002"],
    ({ agent }) => ({ [agentClaim]: value(agent) }),
  );

const agents: readonly Trial[] = [
  ofAnother("another", "names another agent", () => "urn:asap:agent:another"),
  ofAnother("longer", "names an agent below this one", (agent) => `${agent}:another`),
  ofAnother("shorter", "names the start of this one", (agent) => agent.slice(0, -1)),
  ofAnother("upper-case", "is in upper case", (agent) => agent.toUpperCase()),
  ofAnother("empty", "is empty", () => ""),
  ofAnother("list", "is a list that holds this agent", (agent) => [agent]),
  ofAnother("number", "is a number", () => 7),
  forbidden("agent.missing", "A token that names no agent is refused with 403", ["OAU-008", "BIND-002"], () => ({
    [agentClaim]: undefined,
  })),
  taken("agent.reference", "The claim of the reference implementation is read", ["OAU-014"], ({ agent }) => ({
    [agentClaim]: undefined,
    [referenceClaim]: agent,
  })),
  forbidden(
    "agent.reference-another",
    "A token that names another agent in the claim of the reference implementation is refused with 403",
    ["OAU-014", "BIND-002"],
    () => ({ [agentClaim]: undefined, [referenceClaim]: "urn:asap:agent:another" }),
  ),
  forbidden(
    "agent.conflict",
    "Where both claims are there, the one of the reference implementation is not read: another agent in the other is refused with 403",
    ["OAU-014", "BIND-002"],
    ({ agent }) => ({ [agentClaim]: "urn:asap:agent:another", [referenceClaim]: agent }),
  ),
  taken(
    "agent.conflict-taken",
    "Where both claims are there, the one of the reference implementation is not read: this agent in the other is taken",
    ["OAU-014"],
    ({ agent }) => ({ [referenceClaim]: "urn:asap:agent:another", [agentClaim]: agent }),
    "SHOULD",
  ),
];

/** The message was refused for its sender, in an answer of HTTP or of JSON-RPC. */
const senderRefused: Check = expect(2, "the JSON-RPC error -32602, or HTTP 403", (exchange) =>
  errorOf(exchange)?.code === -32602 || exchange.response?.status === 403 ? null : describe(exchange),
);

const another = "urn:asap:agent:conformance:another";

/** A token that names its caller, who must be the sender. */
const caller = (claim: string, level: Level): Case =>
  authCase({
    id: `sender.${claim}`,
    title: `The sender of an envelope is the agent that the token names in ${claim}, or it is refused`,
    requirements: ["OAU-013", "BEAR-004"],
    level,
    steps: (mint, context) =>
      [context.sender, another].map((agent) =>
        task(context, {}, { token: mint.token(context, { claims: { [claim]: agent } }) }),
      ),
    checks: [accepted(1), senderRefused],
  });

const senders: readonly Case[] = [
  caller("sub", "MUST"),
  caller("client_id", "SHOULD"),
  authCase({
    id: "sender.told",
    title: "A sender that the token does not name is told as -32602 with the text for it",
    requirements: ["OAU-013", "BEAR-004"],
    level: "SHOULD",
    steps: (mint, context) => [task(context, {}, { token: mint.token(context, { claims: { sub: another } }) })],
    checks: [
      expect(1, "-32602 with Sender does not match authenticated identity", (exchange) => {
        const fits = errorOf(exchange)?.code === -32602;
        const text = errorData(exchange)?.error;
        return fits && text === "Sender does not match authenticated identity" ? null : describe(exchange);
      }),
    ],
  }),
];

const told: readonly Case[] = [
  authCase({
    id: "scope.detail",
    title: "A token without the scope is told as Insufficient scope",
    requirements: ["OAU-003"],
    steps: (mint, context) => [task(context, {}, { token: mint.token(context, { claims: { scope: "openid" } }) })],
    checks: [denied(1, 403, "Insufficient scope")],
  }),
  authCase({
    id: "scope.challenge",
    title: "A token without the scope is told in WWW-Authenticate as insufficient_scope, with the scope",
    requirements: ["OAU-019"],
    level: "SHOULD",
    steps: (mint, context) => [task(context, {}, { token: mint.token(context, { claims: { scope: "openid" } }) })],
    checks: [
      denied(1, 403),
      header(1, "WWW-Authenticate", /^Bearer\b.*\berror="?insufficient_scope\b/i, 'Bearer error="insufficient_scope"'),
      header(1, "WWW-Authenticate", /\bscope="?[!#-[\]-~]/i, "Bearer with scope"),
    ],
  }),
  authCase({
    id: "agent.detail",
    title: "A token of another agent is told as Identity mismatch, with the agent that is expected",
    requirements: ["BIND-002"],
    level: "SHOULD",
    steps: (mint, context) => [
      task(context, {}, { token: mint.token(context, { claims: { [agentClaim]: "urn:asap:agent:another" } }) }),
    ],
    checks: [
      (exchanges, context) => {
        const agent = typeof context.mint === "string" ? "" : context.mint.agent;
        const words = `Identity mismatch: custom claim does not match agent manifest (expected: ${agent})`;
        return denied(1, 403, words)(exchanges, context);
      },
    ],
  }),
];

/** What a token allows: scopes, the agent it is for, the agent it is of. */
export const accessTrials: readonly Trial[] = [...scopes, ...agents];

export const accessCases: readonly Case[] = [...accessTrials.map(overHttp), ...told, ...senders];
