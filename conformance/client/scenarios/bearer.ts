import { ending, every, failed, headerIn, isSendRequest, pass, sendsOf } from "../checks.js";
import { errorTo, manifestAnswer, manifestOf } from "../conforming.js";
import { bearerIn } from "../issuing.js";
import { asksForManifest } from "../least.js";
import { messageCount } from "../messages.js";
import type { ClientCase, Scenario } from "../scenario.js";
import { helloTask } from "./http.js";

const fixedToken = "conformance.token~A-z_09+/==";

const token: Scenario["env"] = {
  ASAP_CONFORMANCE_TOKEN: { summary: "the bearer token to send", value: () => fixedToken },
};
/** A case of a manifest that is open. */
export const openCase: ClientCase = {
  aspect: "open",
  title: "No token is sent for a manifest, which is open",
  level: "SHOULD",
  requirements: ["BEAR-005"],
  judge: (session) => {
    const expected = "no Authorization with a request for a manifest";
    const asks = session.requests.filter(asksForManifest);
    if (session.requests.length === 0) return failed(expected, `no request; ${ending(session.end)}`, -1);
    if (asks.length === 0) return { outcome: "not-applicable", reason: "the client asked for no manifest" };
    const wrong = asks.find((one) => headerIn(one, "authorization") !== undefined);
    return wrong === undefined ? pass : failed(expected, "the header Authorization", wrong.at);
  },
};

const bearerCases: readonly ClientCase[] = [
  {
    aspect: "authorization",
    title: "Each message carries the token as it was given, once, in the header Authorization",
    level: "MUST",
    requirements: ["BEAR-001", "BEAR-003"],
    judge: (session) => {
      const expected = "Authorization: Bearer and the token, character for character";
      const sends = sendsOf(session);
      if (sends.length === 0) return failed(expected, `no message; ${ending(session.end)}`, -1);
      for (const request of sends) {
        const values = request.headers.filter(([name]) => name.toLowerCase() === "authorization");
        const found = values.length === 1 ? bearerIn(request) : undefined;
        if (values.length !== 1) return failed(expected, `${values.length} headers Authorization`, request.at);
        if (found === undefined) return failed(expected, "another scheme than Bearer", request.at);
        if (found !== session.env["ASAP_CONFORMANCE_TOKEN"]) return failed(expected, "another token", request.at);
      }
      return pass;
    },
  },
  {
    aspect: "header-alone",
    title: "The token is in no URL and in no body",
    level: "SHOULD",
    requirements: ["BEAR-001"],
    judge: every("message", isSendRequest, "the token in the header Authorization alone", (request, { env }) => {
      const secret = env["ASAP_CONFORMANCE_TOKEN"] ?? fixedToken;
      const texts = [request.target, request.text ?? ""];
      const shows = texts.some((text) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
      return shows ? "the token in the URL or in the body" : null;
    }),
  },
  openCase,
];

/** Scenarios of bearer tokens that the client is given. */
export const bearerScenarios: readonly Scenario[] = [
  {
    name: "bearer-token",
    title: "A message with a token",
    summary: `Send ${helloTask} with the bearer token in ASAP_CONFORMANCE_TOKEN. Exit 0 once its answer has come.`,
    profile: "auth",
    requirements: ["BEAR-001"],
    env: token,
    behave: () => ({
      answer: (request, { url }) => {
        if (asksForManifest(request)) return manifestAnswer(request, guardedManifest(url));
        if (!isSendRequest(request) || headerIn(request, "authorization") !== undefined) return undefined;
        return { status: 200, body: errorTo(request.document, -32600, "Authentication required") };
      },
    }),
    cases: bearerCases,
  },
  {
    name: "bearer-refused",
    title: "A token that is refused",
    summary: `Send ${helloTask} with the bearer token in ASAP_CONFORMANCE_TOKEN. It is refused with the JSON-RPC error -32600. Exit 0 when your library told of a failure, 1 when it took the answer for a success.`,
    profile: "auth",
    requirements: ["BEAR-002"],
    env: token,
    behave: () => ({
      answer: (request, { url }) => {
        if (asksForManifest(request)) return manifestAnswer(request, guardedManifest(url));
        if (!isSendRequest(request)) return undefined;
        return { status: 200, body: errorTo(request.document, -32600, "Invalid authentication token") };
      },
    }),
    cases: [
      {
        aspect: "final",
        title: "A message whose token was refused is not sent again",
        level: "MUST",
        requirements: ["BEAR-002", "CLIENT-006"],
        judge: messageCount(1, "one message, which is refused"),
      },
    ],
  },
];

function guardedManifest(url: string): Record<string, unknown> {
  return manifestOf(url, { auth: { schemes: ["bearer"], oauth2: null } });
}
