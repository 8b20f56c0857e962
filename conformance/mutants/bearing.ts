import { asObject } from "../documents.js";
import { error } from "./edit.js";
import type { Asked, Mutant } from "./wrap.js";

/** The token that the agent takes. */
export const bearerToken = "the-token-of-the-agent";

/** An agent that asks for a bearer token, wrong in one way. */
export interface BearingMutant extends Omit<Mutant, "killedBy"> {
  /** Ids of the cases that must fail on it, and no others. */
  readonly killedBy: readonly string[];
}

const withToken = (asked: Asked): Asked => ({
  ...asked,
  headers: { ...asked.headers, authorization: `Bearer ${bearerToken}` },
});
const underOther =
  (scheme: RegExp) =>
  (asked: Asked): Asked => {
    const authorization = `${asked.headers.authorization ?? ""}`;
    return scheme.test(authorization)
      ? { ...asked, headers: { ...asked.headers, authorization: authorization.replace(scheme, "Other ") } }
      : asked;
  };
const saying = (from: string, to: string): NonNullable<Mutant["answer"]> =>
  error((inner) => {
    const data = asObject(inner.data);
    return data?.error === from ? { data: { ...data, error: to } } : {};
  });
const schemes = ["auth.bearer.scheme.lower-case", "auth.bearer.scheme.upper-case"];
const open = ["auth.bearer.open.manifest", "auth.bearer.open.agent_health", "auth.bearer.open.metrics"];

/** Agents that ask for a bearer token, wrong in one way each. */
export const bearing: readonly BearingMutant[] = [
  {
    name: "serves requests without a token",
    killedBy: ["auth.bearer.none", "auth.bearer.other-scheme", ...schemes, ...open],
    ask: (asked) => (/^Bearer /.test(`${asked.headers.authorization}`) ? asked : withToken(asked)),
  },
  {
    name: "takes the credentials of another scheme",
    killedBy: ["auth.bearer.other-scheme"],
    ask: (asked) => (/^Basic /.test(`${asked.headers.authorization}`) ? withToken(asked) : asked),
  },
  {
    name: "takes any token",
    killedBy: ["auth.bearer.unknown"],
    ask: (asked) => (/^Bearer /.test(`${asked.headers.authorization}`) ? withToken(asked) : asked),
  },
  {
    name: "takes its token under no scheme in lower case",
    killedBy: ["auth.bearer.scheme.lower-case"],
    ask: underOther(/^bearer (?=\S)/),
  },
  {
    name: "takes its token under no scheme in upper case",
    killedBy: ["auth.bearer.scheme.upper-case"],
    ask: underOther(/^BEARER (?=\S)/),
  },
  {
    name: "says that a token it does not know is missing",
    killedBy: ["auth.bearer.unknown"],
    answer: saying("Invalid authentication token", "Authentication required"),
  },
  {
    name: "says that a token that is missing does not hold",
    killedBy: ["auth.bearer.none", "auth.bearer.other-scheme"],
    answer: saying("Authentication required", "Invalid authentication token"),
  },
  ...[
    ["manifest", "/.well-known/asap/manifest.json"],
    ["agent_health", "/.well-known/asap/health"],
    ["metrics", "/asap/metrics"],
  ].map(
    ([name, path]): BearingMutant => ({
      name: `asks for a token at ${path}`,
      killedBy: [`auth.bearer.open.${name}`],
      answer: (answered, asked) =>
        asked.path === path && asked.headers.authorization === undefined ? { ...answered, status: 401 } : answered,
    }),
  ),
];
