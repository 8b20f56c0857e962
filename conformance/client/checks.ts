import { routes } from "../../generated/routes.js";
import type { Finding, Verdict } from "../case.js";
import { asObject } from "../documents.js";
import type { ClientCase } from "./scenario.js";
import type { End, Received, Session } from "./session.js";

/** What is wrong with a request, in words; null when nothing is. */
export type Wrong = (request: Received, session: Session) => string | null;

/** A judge that looks at every request for a task, of which there must be some. */
export const everySend = (expected: string, wrong: Wrong): ClientCase["judge"] =>
  every("POST of a message", isSendRequest, expected, wrong);

/** A judge that looks at every request of some kind, of which there must be some. */
export function every(
  kind: string,
  isOne: (request: Received) => boolean,
  expected: string,
  wrong: Wrong,
): ClientCase["judge"] {
  return (session) => {
    const chosen = session.requests.filter(isOne);
    if (chosen.length === 0) return failed(expected, `no ${kind}; ${ending(session.end)}`, -1);
    for (const request of chosen) {
      const found = wrong(request, session);
      if (found !== null) return failed(expected, found, request.at);
    }
    return pass;
  };
}

/** The passing verdict. */
export const pass: Verdict = { outcome: "pass" };

/** A failing verdict; `at` is the position of the request at fault, -1 where there is none. */
export const failed = (expected: string, found: string, at: Finding["at"]): Verdict => ({
  outcome: "fail",
  expected,
  found,
  at,
});

/** Requests that carry a message, wherever they went. */
export const sendsOf = ({ requests }: Session): Received[] => requests.filter(isSendRequest);

/** Whether a request carries a message: a POST with JSON-RPC in it, or to the route for it. */
export const isSendRequest = (request: Received): boolean =>
  request.method === "POST" &&
  (pathIn(request) === routes.rpc.path || asObject(request.document)?.jsonrpc !== undefined);

/** Path of a request, without its query. */
export const pathIn = ({ target }: Received): string => target.replace(/[?#].*$/, "");

/** Value of the first header of that name (any letter case), or undefined. */
export function headerIn({ headers }: Received, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** How the client ended, in words. */
export function ending({ code, signal, timedOut, elapsedMs, output }: End): string {
  const after = `after ${(elapsedMs / 1000).toFixed(1)} s`;
  const how = timedOut
    ? `the client had not ended ${after} and was ended`
    : signal === null
      ? `the client ended with exit code ${code} ${after}`
      : `the client was ended by ${signal} ${after}`;
  return output === "" ? how : `${how}; its output ends with:\n${output}`;
}
