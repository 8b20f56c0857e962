import { routes } from "../../generated/routes.js";
import { pathIn } from "./checks.js";
import { envelopeOf, messagesIn } from "./messages.js";
import type { Least, Scenario } from "./scenario.js";
import type { Received, Session } from "./session.js";

/** A message with an envelope, over HTTP or a WebSocket. */
const message: Least = {
  expected: "a message with an envelope",
  isDone: (session) => messagesIn(session).some((one) => envelopeOf(one) !== undefined),
};

const socketMessage: Least = {
  expected: "a message with an envelope over a WebSocket",
  isDone: (session) =>
    messagesIn(session).some((one) => one.request.frames !== undefined && envelopeOf(one) !== undefined),
};

/** A request of some kind. */
export const requestOf = (expected: string, isOne: (request: Received) => boolean): Least => ({
  expected,
  isDone: ({ requests }: Session) => requests.some(isOne),
});

/** Whether a request is for the manifest, with whichever method. */
export const asksForManifest = (request: Received): boolean => pathIn(request) === routes.manifest.path;

const manifest = requestOf("a request for the manifest", asksForManifest);

/** What a client must have done at the least in a scenario: what the scenario says, or what its profile is about. */
export function leastOf({ least, profile }: Scenario): Least {
  if (least !== undefined) return least;
  if (profile === "websocket") return socketMessage;
  return profile === "discovery" ? manifest : message;
}
