import { routes } from "../../generated/routes.js";
import { atUpgrade, denied, deniedAtUpgrade, honestTalk, minted, type Trial } from "../auth-case.js";
import type { Case, Context } from "../case.js";
import { errorOf, expect, judged } from "../checks.js";
import {
  answered,
  answers,
  answersTo,
  asExchange,
  closedWith,
  closes,
  describeTalk,
  frameOf,
  heard,
  sayTask,
  talk,
} from "../conversation.js";
import { longMs } from "../patience.js";
import { hasMint, hasWebSocket } from "../prerequisites.js";
import { secondsAt } from "../tokens.js";
import type { Exchange } from "../wire.js";
import { accessTrials } from "./auth-access.js";
import { claimTrials } from "./auth-claims.js";
import { tokenTrials } from "./auth-token.js";

/** Tokens that are tried at the upgrade too. */
const chosen = new Set([
  "form.word",
  "form.empty-signature",
  "signature.stranger",
  "signature.claims-changed",
  "algorithm.none",
  "algorithm.hmac",
  "header.crit",
  "claims.iss.another",
  "claims.aud.another",
  "claims.exp.past",
  "claims.exp.missing",
  "claims.nbf.ahead",
  "claims.sub.empty",
  "scope.missing",
  "scope.list",
  "agent.another",
  "agent.missing",
  "agent.reference",
]);

const same: readonly Case[] = [...tokenTrials, ...claimTrials, ...accessTrials]
  .filter(({ id }: Trial) => chosen.has(id))
  .map(atUpgrade);

const none: readonly Case[] = [
  {
    id: "auth.websocket.none",
    title: "At the upgrade: a request without token is refused with 401 or 403",
    area: "auth",
    level: "MUST",
    requirements: ["WSB-006", "OAU-015", "OAU-001"],
    prerequisites: [hasWebSocket, hasMint],
    steps: minted((mint, context) => [honestTalk(mint, context), talk(context, [], { credentials: false })]),
    judge: judged(answered("task"), deniedAtUpgrade(1)),
  },
  {
    id: "auth.websocket.query",
    title: "At the upgrade: a token in the query is not read",
    area: "auth",
    level: "MUST",
    requirements: ["WSB-006", "OAU-001"],
    prerequisites: [hasWebSocket, hasMint],
    steps: minted((mint, context) => {
      const token = mint.token(context);
      const path = `${routes.websocket.path}?access_token=${token.text}&token=${token.text}`;
      return [honestTalk(mint, context), talk(context, [], { token, authorization: [], path })];
    }),
    judge: judged(answered("task"), deniedAtUpgrade(1)),
  },
  {
    id: "auth.websocket.status",
    title: "At the upgrade: the status is that of HTTP, 401 without a token that holds and 403 without the scope",
    area: "auth",
    level: "SHOULD",
    requirements: ["WSB-006", "OAU-001", "OAU-002", "OAU-003"],
    prerequisites: [hasWebSocket, hasMint],
    steps: minted((mint, context) => [
      honestTalk(mint, context),
      talk(context, [], { credentials: false }),
      talk(context, [], { token: mint.token(context, { key: "stranger" }) }),
      talk(context, [], { token: mint.token(context, { claims: { scope: undefined } }) }),
    ]),
    judge: judged(answered("task"), denied(1, 401), denied(2, 401), denied(3, 403)),
  },
  {
    id: "auth.websocket.detail",
    title: "At the upgrade: a request without token is told Authentication required",
    area: "auth",
    level: "SHOULD",
    requirements: ["WSB-006", "OAU-001"],
    prerequisites: [hasWebSocket, hasMint],
    steps: minted((mint, context) => [honestTalk(mint, context), talk(context, [], { credentials: false })]),
    judge: judged(answered("task"), deniedAtUpgrade(1, "Authentication required")),
  },
];

const another = "urn:asap:agent:conformance:another";

const sender: Case = {
  id: "auth.websocket.sender",
  title: "Over a WebSocket too the sender of an envelope is the agent that the token names, or it is refused",
  area: "auth",
  level: "MUST",
  requirements: ["OAU-013"],
  prerequisites: [hasWebSocket, hasMint],
  steps: minted((mint, context) =>
    [context.sender, another].map((sub) =>
      talk(context, [sayTask(context), answers(1)], { token: mint.token(context, { claims: { sub } }) }),
    ),
  ),
  judge: judged(
    answered("task"),
    expect(1, "the JSON-RPC error -32602, or an upgrade refused with 401 or 403", (exchange) => {
      const [said] = answersTo(exchange, "task");
      const isRefused = said !== undefined && errorOf(asExchange(exchange, said))?.code === -32602;
      return isRefused || [401, 403].includes(exchange.response?.status ?? 0) ? null : describeTalk(exchange);
    }),
  ),
};

/** Seconds a token lives that ends while its connection is open. */
const lifeSeconds = 3;

/** Whether the token had ended when the upgrade was refused. */
function endedBefore(exchange: Exchange | undefined, { clockAheadMs }: Context): boolean {
  if (exchange === undefined || ![401, 403].includes(exchange.response?.status ?? 0)) return false;
  const { request, startedAt, elapsedMs } = exchange;
  return startedAt + elapsedMs + clockAheadMs >= 1000 * Number(request.token?.claims.exp);
}

const expiry: Case = {
  id: "auth.websocket.expiry",
  title: "A WebSocket is closed with 1008 and a reason when its token expires",
  area: "auth",
  level: "SHOULD",
  requirements: ["OAU-016"],
  prerequisites: [hasWebSocket, hasMint],
  steps: minted((mint, context) => [
    talk(
      context,
      [sayTask(context), answers(1), { ...frameOf("close"), forMs: 1000 * lifeSeconds + longMs(context) }],
      { token: mint.token(context, { claims: { exp: secondsAt(context, lifeSeconds) } }) },
    ),
  ]),
  judge: (exchanges, context) =>
    endedBefore(exchanges[0], context)
      ? { outcome: "inconclusive", reason: "the upgrade took longer than the token lived" }
      : judged(
          answered("task"),
          closes(1008),
          heard(0, "a reason in the close frame", (exchange) =>
            closedWith(exchange)?.reason === "" ? describeTalk(exchange) : null,
          ),
        )(exchanges, context),
};

/** The same over WebSocket: what is judged at the upgrade, and what while the connection is open. */
export const socketAuthCases: readonly Case[] = [...none, ...same, sender, expiry];
