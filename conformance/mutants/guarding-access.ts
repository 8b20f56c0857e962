import { agentClaim, referenceClaim } from "../tokens.js";
import { text } from "./edit.js";
import { both, type GuardMutant, guardedAgent, identifies, refuses, type Shown, takes } from "./guard-edit.js";

type Claims = Readonly<Record<string, unknown>>;

/** Tokens whose claims a function picks. */
const claims =
  (picks: (claims: Claims) => boolean) =>
  ({ claims: own }: Shown): boolean =>
    Object.keys(own).length > 0 && picks(own);

const scope = (...names: readonly string[]) => names.map((name) => `scope.${name}`);
/** Cases that send a token with the scope openid alone. */
const openid = ["scope.detail", "scope.challenge", "invalid.no-echo", "claims.repeated-scope"];
const words = (value: unknown) => (Array.isArray(value) ? value : String(value ?? "").split(" "));
const hasScope = ({ scope: own }: Claims) => words(own).includes("asap:execute");

const scopes: readonly GuardMutant[] = [
  takes(
    "does not look at the scope",
    [
      ...scope("empty", "others", "read", "longer", "shorter", "upper-case", "commas", "object"),
      ...both("scope.missing"),
      ...openid,
    ],
    claims((own) => !hasScope(own)),
  ),
  takes(
    "takes a token without scope",
    both("scope.missing"),
    claims((own) => own.scope === undefined),
  ),
  takes(
    "takes any scope of the protocol",
    scope("read"),
    claims((own) => own.scope === "asap:read"),
  ),
  takes(
    "compares the start of a scope",
    scope("longer"),
    claims((own) => words(own.scope).some((one) => /^asap:execute./.test(one))),
  ),
  takes(
    "takes a scope that starts the right one",
    scope("shorter"),
    claims((own) => words(own.scope).includes("asap:execut")),
  ),
  takes(
    "reads scopes in any letter case",
    scope("upper-case"),
    claims((own) => words(own.scope).includes("ASAP:EXECUTE")),
  ),
  takes(
    "looks for its scope anywhere",
    scope("longer", "commas"),
    claims((own) => !hasScope(own) && typeof own.scope === "string" && own.scope.includes("asap:execute")),
  ),
  takes(
    "reads the members of an object as scopes",
    scope("object"),
    claims((own) => typeof own.scope === "object" && own.scope !== null && !Array.isArray(own.scope)),
  ),
  refuses(
    "reads the first scope alone",
    scope("among-others"),
    claims((own) => hasScope(own) && words(own.scope).includes("openid")),
  ),
  refuses(
    "takes no list of scopes",
    both("scope.list"),
    claims((own) => Array.isArray(own.scope)),
  ),
];

const agent = (...names: readonly string[]) => names.map((name) => `agent.${name}`);
/** Cases that send a token of another agent. */
const another = [...both("agent.another"), "agent.detail"];

const agents: readonly GuardMutant[] = [
  takes(
    "does not look at the agent claim",
    [
      ...another,
      ...agent("longer", "shorter", "upper-case", "empty", "list", "number", "conflict"),
      "claims.repeated-https://asap.ai/agent_id",
    ],
    claims((own) => agentClaim in own && own[agentClaim] !== guardedAgent),
  ),
  {
    name: "takes a token that names no agent",
    killedBy: both("agent.missing"),
    options: () => ({ binding: { lenient: true } }),
  },
  takes(
    "takes an agent below this one",
    agent("longer"),
    claims((own) => String(own[agentClaim]).startsWith(`${guardedAgent}:`)),
  ),
  takes(
    "takes the start of its id",
    agent("shorter"),
    claims((own) => own[agentClaim] === guardedAgent.slice(0, -1)),
  ),
  takes(
    "reads the agent claim in any letter case",
    agent("upper-case"),
    claims((own) => own[agentClaim] === guardedAgent.toUpperCase()),
  ),
  takes(
    "takes an empty agent claim for none, and that for any",
    agent("empty"),
    claims((own) => own[agentClaim] === ""),
  ),
  takes(
    "reads a list as the agent claim",
    agent("list"),
    claims((own) => Array.isArray(own[agentClaim])),
  ),
  takes(
    "takes no text for no agent claim",
    agent("list", "number"),
    claims((own) => agentClaim in own && typeof own[agentClaim] !== "string"),
  ),
  {
    name: "does not read the claim of the reference implementation",
    killedBy: both("agent.reference"),
    options: () => ({ binding: { claim: agentClaim } }),
  },
  takes(
    "takes any value in the claim of the reference implementation",
    agent("reference-another"),
    claims((own) => !(agentClaim in own) && own[referenceClaim] === "urn:asap:agent:another"),
  ),
  takes(
    "takes either of both claims",
    agent("conflict"),
    claims((own) => own[agentClaim] !== guardedAgent && agentClaim in own && own[referenceClaim] === guardedAgent),
  ),
  refuses(
    "needs both claims to be right",
    agent("conflict-taken"),
    claims((own) => own[agentClaim] === guardedAgent && (own[referenceClaim] ?? guardedAgent) !== guardedAgent),
  ),
];

const senders: readonly GuardMutant[] = [
  identifies(
    "does not compare the sender with the token",
    ["sender.sub", "websocket.sender", "sender.client_id", "sender.told"],
    () => ({ agent: undefined }),
  ),
  identifies("compares the sender with sub alone", ["sender.client_id"], ({ agent: named, subject }) => ({
    agent: named === subject ? named : undefined,
  })),
  {
    name: "tells a wrong sender in other words",
    killedBy: ["sender.told"],
    wire: { answer: text(/Sender does not match authenticated identity/, "no") },
  },
];

/** Agents that are wrong about what a token allows. */
export const guardingAccess: readonly GuardMutant[] = [...scopes, ...agents, ...senders];
