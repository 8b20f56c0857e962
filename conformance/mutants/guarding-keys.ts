import { agentClaim } from "../tokens.js";
import { both, type GuardMutant, guardedAgent, guardedAudience, refuses, refusesWith } from "./guard-edit.js";

type Document = Record<string, unknown>;

/** Changes what the issuer answers at a path. */
const hears =
  (path: RegExp, change: (document: Document) => Document): typeof fetch =>
  async (...asked) => {
    const response = await fetch(...asked);
    if (!path.test(new URL(response.url).pathname) || response.status !== 200) return response;
    return Response.json(change((await response.json()) as Document));
  };

/** Hears the first answer again and again. */
function deafTo(path: RegExp): typeof fetch {
  let first: Document | undefined;
  return hears(path, (document) => {
    first ??= document;
    return first;
  });
}

const keys: readonly GuardMutant[] = [
  refusesWith("takes an issuer that is down for a bad token", ["keys.unreachable"], ({ status }) =>
    status === 503 ? { status: 401, detail: "Invalid authentication token", challenge: {} } : {},
  ),
  { name: "fetches the keys once", killedBy: ["keys.rotated"], options: () => ({ fetch: deafTo(/keys$/) }) },
  { name: "fetches the keys every time", killedBy: ["keys.flood"], options: () => ({ jwks: { cooldownSeconds: 0 } }) },
];

const introspection = { clientId: "agent", clientSecret: "secret" };

/** Looks opaque tokens up, and hears an answer that is changed. */
const looksUp = (name: string, killedBy: readonly string[], change: (answer: Document) => Document): GuardMutant => ({
  name,
  killedBy: killedBy.map((one) => `opaque.${one}`),
  options: () => ({ introspection, fetch: hears(/\/introspect$/, change) }),
});

/** What an issuer says of a token that holds. */
const activeFacts = {
  active: true,
  token_type: "Bearer",
  aud: guardedAudience,
  sub: "any",
  scope: "asap:execute",
  [agentClaim]: guardedAgent,
};

const opaques: readonly GuardMutant[] = [
  {
    ...refuses(
      "looks opaque tokens up for nothing",
      ["active", "inactive", "active-text", "active-number", "expired", "scope", "agent"].map((one) => `opaque.${one}`),
      () => false,
    ),
    options: () => ({ introspection }),
    admit: async (shown, _, judge, authorization) => {
      const judged = await judge(authorization);
      return shown?.text.startsWith("opaque-") === true ? judge("Bearer none") : judged;
    },
  },
  {
    ...looksUp("takes inactive tokens", [], (own) => (own.active === false ? { ...own, ...activeFacts } : own)),
    killedBy: [
      "opaque.inactive",
      ...["no-signature", "three-words", "trailing-dot", "twice", "padded", "header-no-json"].map(
        (one) => `form.${one}`,
      ),
      ...both("form.word", "form.empty-signature", "algorithm.none"),
      "algorithm.none-mixed-case",
    ],
  },
  looksUp("takes what is not empty for active", ["active-text", "active-number"], (own) => ({
    ...own,
    active: Boolean(own.active),
  })),
  looksUp("does not look at the end of opaque tokens", ["expired"], ({ exp, ...own }) => own),
  looksUp("does not look at the scope of opaque tokens", ["scope"], (own) =>
    own.active === true ? { ...own, scope: "asap:execute" } : own,
  ),
  looksUp("does not look at the agent of opaque tokens", ["agent"], (own) =>
    own.active === true ? { ...own, [agentClaim]: guardedAgent } : own,
  ),
];

/** Agents that are wrong about what they get from the issuer. */
export const guardingKeys: readonly GuardMutant[] = [...keys, ...opaques];
