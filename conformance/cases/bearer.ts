import { routes } from "../../generated/routes.js";
import type { Case, Prerequisite } from "../case.js";
import { accepted, judged, refused, status } from "../checks.js";
import { asObject, get, task, twin } from "../documents.js";
import { dataError } from "../refusal.js";

/** A bearer token that the agent knows, and no OAuth 2.0, whose refusals are of another form. */
const plainBearer: Prerequisite = {
  words: "the manifest asks for a bearer token that is not one of OAuth 2.0",
  missing({ manifest }) {
    const auth = asObject(manifest?.auth);
    const schemes = Array.isArray(auth?.schemes) ? auth.schemes : [];
    const isBearer = schemes.some((scheme) => typeof scheme === "string" && /^bearer$/i.test(scheme));
    const isPlain = isBearer && auth?.oauth2 == null;
    return isPlain ? null : "the manifest asks for no bearer token, or for one of OAuth 2.0";
  },
};

/** Headers of a request that the agent must refuse; the same request with the caller's token must be carried out. */
function refusal(id: string, title: string, requirement: string, told: string, values: readonly string[]): Case {
  return {
    id: `auth.bearer.${id}`,
    title,
    area: "auth",
    level: "MUST",
    requirements: [requirement],
    prerequisites: [plainBearer],
    steps: (context) => [twin(context), task(context, {}, { credentials: false, authorization: values })],
    judge: judged(accepted(0), refused(1, -32600), dataError(1, told)),
  };
}

const required = "Authentication required";
const invalid = "Invalid authentication token";

const refusals: readonly Case[] = [
  refusal("none", "A request without a token is refused: authentication required", "BEAR-001", required, []),
  refusal("other-scheme", "A header of another scheme is no token: authentication required", "BEAR-001", required, [
    "Basic YTpi",
  ]),
  refusal("unknown", "A token that does not hold is refused as invalid", "BEAR-002", invalid, [
    "Bearer no-such-token-of-the-suite",
  ]),
];

/** The scheme in another letter case, in front of the caller's own token. */
const schemes: readonly Case[] = (["bearer", "BEARER"] as const).map((scheme) => {
  const letters = scheme === "bearer" ? "lower case" : "upper case";
  return {
    id: `auth.bearer.scheme.${letters.replace(" ", "-")}`,
    title: `A token that holds is taken with the scheme in ${letters}; without it the same task is refused`,
    area: "auth",
    level: "MUST",
    requirements: ["BEAR-003"],
    prerequisites: [plainBearer],
    steps: (context) => [task(context, {}, { credentials: false }), task(context, {}, { scheme })],
    judge: judged(refused(0, -32600), accepted(1)),
  };
});

const open: readonly Case[] = (["manifest", "agent_health", "metrics"] as const).map((name) => ({
  id: `auth.bearer.open.${name}`,
  title: `${routes[name].path} stays open to those without a token`,
  area: "auth",
  level: "MUST",
  requirements: ["BEAR-005"],
  prerequisites: [plainBearer],
  steps: (context) => [task(context, {}, { credentials: false }), get(routes[name].path, { credentials: false })],
  judge: judged(refused(0, -32600), status(1, 200)),
}));

/** Agents that ask for a bearer token of their own, as the manifest says. */
export const bearerCases: readonly Case[] = [...refusals, ...schemes, ...open];
