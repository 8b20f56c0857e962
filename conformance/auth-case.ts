import type { Case, Context, Level, Step } from "./case.js";
import { accepted, asText, type Check, describe, expect, judged } from "./checks.js";
import { answered, answers, sayTask, talk } from "./conversation.js";
import { task } from "./documents.js";
import { hasMint, hasWebSocket } from "./prerequisites.js";
import type { Mint, TokenChanges } from "./tokens.js";
import type { WireRequest } from "./wire.js";

/** A token, as it differs from one that holds, and what must become of a task that comes with it. */
export interface Trial {
  /** Name of the case, without its area. */
  readonly id: string;
  /** The claim that holds when the case passes. */
  readonly title: string;
  readonly requirements: readonly string[];
  /** MUST unless set. */
  readonly level?: Level;
  readonly changes: (mint: Mint, context: Context) => TokenChanges;
  /** Status of the refusal; absent where the token must be taken. */
  readonly status?: 401 | 403;
}

/** Steps that need tokens of the suite. */
export const minted =
  (steps: (mint: Mint, context: Context) => readonly Step[]) =>
  (context: Context): readonly Step[] =>
    typeof context.mint === "string" ? [] : steps(context.mint, context);

/** A task with a token that holds, sent once in a run: what a refused token is held against. */
export const honest = (mint: Mint, context: Context): WireRequest =>
  task(context, {}, { token: mint.token(context), share: "auth" });

/** The same over a WebSocket. */
export const honestTalk = (mint: Mint, context: Context): WireRequest =>
  talk(context, [sayTask(context), answers(1)], { token: mint.token(context), share: "auth websocket" });

/** The answer has that HTTP status, and the body that goes with the text where one is given. */
export function denied(at: number, status: number, detail?: string | RegExp): Check {
  const words = detail === undefined ? "" : ` with the detail ${typeof detail === "string" ? detail : detail.source}`;
  return expect(at, `HTTP ${status}${words}`, (exchange) => {
    if (exchange.response?.status !== status) return describe(exchange);
    const text = detailOf(exchange.response.body.toString("utf8"));
    const fits = detail === undefined || (typeof detail === "string" ? text === detail : detail.test(asText(text)));
    return fits ? null : describe(exchange);
  });
}

/** The upgrade was refused with a status for credentials, and the detail where one is given. */
export function deniedAtUpgrade(at: number, detail?: string): Check {
  const words = detail === undefined ? "" : ` with the detail ${detail}`;
  return expect(at, `HTTP 401 or 403${words}`, (exchange) => {
    const { status = 0, body } = exchange.response ?? {};
    const isTold = detail === undefined || detailOf(body?.toString("utf8") ?? "") === detail;
    return [401, 403].includes(status) && isTold ? null : describe(exchange);
  });
}

function detailOf(body: string): unknown {
  try {
    return JSON.parse(body)?.detail;
  } catch {
    return undefined;
  }
}

/** A case about requests with tokens of the suite; the first step is the task with a token that holds. */
export function authCase(from: {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly level?: Level;
  readonly phase?: "first" | "main" | "last";
  readonly steps: (mint: Mint, context: Context) => readonly Step[];
  readonly checks: readonly Check[];
}): Case {
  const { id, title, requirements, level = "MUST", phase = "main", steps, checks } = from;
  return {
    id: `auth.${id}`,
    title,
    area: "auth",
    level,
    requirements,
    phase,
    prerequisites: [hasMint],
    steps: minted((mint, context) => [honest(mint, context), ...steps(mint, context)]),
    judge: judged(accepted(0), ...checks),
  };
}

/** The case of a trial over HTTP. A refusal is held against a token that holds and must be taken. */
export function overHttp({ id, title, requirements, level, changes, status }: Trial): Case {
  return authCase({
    id,
    title,
    requirements,
    ...(level === undefined ? {} : { level }),
    steps: (mint, context) => [task(context, {}, { token: mint.token(context, changes(mint, context)) })],
    checks: [status === undefined ? accepted(1) : denied(1, status)],
  });
}

/**
 * The case of a trial at the upgrade to a WebSocket. Where the token must be refused 401 and 403 will both do, since not
 * every server lets the agent choose.
 */
export function atUpgrade({ id, title, requirements, level = "MUST", changes, status }: Trial): Case {
  const words = title.replace(/ with 40[13]$/, " with 401 or 403");
  return {
    id: `auth.websocket.${id}`,
    title: `At the upgrade: ${words.charAt(0).toLowerCase()}${words.slice(1)}`,
    area: "auth",
    level,
    requirements: [...requirements, "WSB-006"],
    prerequisites: [hasWebSocket, hasMint],
    steps: minted((mint, context) => [
      honestTalk(mint, context),
      talk(context, [sayTask(context), answers(1)], { token: mint.token(context, changes(mint, context)) }),
    ]),
    judge: judged(answered("task"), status === undefined ? answered("task", [accepted(0)], 1) : deniedAtUpgrade(1)),
  };
}
