import { routes } from "../generated/routes.js";
import type { Case, Context, Level } from "./case.js";
import { accepted, type Check, describe, expect, judged, show } from "./checks.js";
import { asObject, type Changes, taskDocument } from "./documents.js";
import { hasWebSocket } from "./prerequisites.js";
import { closeOf, type FrameSpec, messagesOf, opcodes, type WireFrame } from "./socket-frames.js";
import type { SocketAction } from "./websocket.js";
import type { Exchange, WireRequest } from "./wire.js";

/** A JSON message of the agent. */
export interface Said {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Position of its last frame in the conversation. */
  readonly at: number;
}

/** What a case about one conversation is made from. */
export interface Talk {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly level?: Level;
  readonly actions: (context: Context) => readonly SocketAction[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}

const ackMethod = "asap.ack";

/** The request that opens a WebSocket, with what is said over it. */
export function talk(
  context: Context,
  actions: readonly SocketAction[],
  { headers, ...rest }: Partial<WireRequest> = {},
): WireRequest {
  const key = Buffer.from(context.newId().slice(-16)).toString("base64");
  const upgrade = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };
  return {
    method: "GET",
    path: routes.websocket.path,
    group: "websocket",
    ...rest,
    headers: { ...upgrade, "Sec-WebSocket-Key": key, ...headers },
    socket: actions,
  };
}

/** A case about one conversation over a WebSocket. */
export function talking(from: Talk, area: Case["area"] = "websocket"): Case {
  const { id, title, requirements, level = "MUST", actions, headers, checks } = from;
  return {
    id: `${area}.${id}`,
    title,
    area,
    level,
    requirements,
    prerequisites: [hasWebSocket],
    steps: (context) => [talk(context, actions(context), headers === undefined ? {} : { headers })],
    judge: judged(...checks),
  };
}

/** Sends a text message, or any other frame. */
export const say = (text: string | Uint8Array, frame: FrameSpec = {}): SocketAction => ({
  send: { data: text, ...frame },
});

/** Sends a JSON document as a text message. */
export const sayJson = (document: unknown): SocketAction => say(JSON.stringify(document));

/** Sends a task request, under the id "task" unless the changes name another. */
export const sayTask = (context: Context, changes: Changes = {}): SocketAction =>
  sayJson(taskDocument(context, { ...changes, frame: { id: "task", ...changes.frame } }));

/** Waits for responses and errors, acknowledgements, pushes and pings not counted. */
export const answers = (count: number): SocketAction => ({
  await: count === 1 ? "an answer" : `${count} answers`,
  until: (frames) => saidIn(frames).filter(isAnswer).length >= count,
});

/** Waits for a frame of a kind. */
export const frameOf = (name: "pong" | "close"): SocketAction => ({
  await: `a ${name} frame`,
  until: (frames) => frames.some((frame) => frame.direction === "received" && frame.opcode === opcodes[name]),
});

/** The text messages of the agent. */
export function saidIn(frames: readonly WireFrame[]): Said[] {
  return messagesOf(frames)
    .filter(({ opcode }) => opcode === opcodes.text)
    .map(({ data, at }) => {
      const text = data.toString("utf8");
      return { text, json: parsed(text), at };
    });
}

/** Whether a message is pushed: a result that answers no request. */
export const isPush = ({ json }: Said): boolean =>
  json !== undefined && "result" in json && json.error == null && json.id == null;

/** Whether a message is a response or an error. */
export const isAnswer = (said: Said): boolean =>
  said.json !== undefined && ("result" in said.json || "error" in said.json) && !isPush(said);

/** Whether a message is an acknowledgement. */
export const isAck = ({ json }: Said): boolean => json?.method === ackMethod;

/** The envelope of an acknowledgement. */
export const ackEnvelope = ({ json }: Said) => asObject(asObject(json?.params)?.envelope);

/** The id of the envelope that an acknowledgement names. */
export const ackedId = (said: Said): unknown => asObject(ackEnvelope(said)?.payload)?.original_envelope_id;

/** The messages of an exchange. */
export const saidBy = (exchange: Exchange | undefined): Said[] => saidIn(exchange?.frames ?? []);

/** The envelope that was sent under a JSON-RPC id. */
export function envelopeSaid(
  exchange: Exchange | undefined,
  id: unknown,
): Readonly<Record<string, unknown>> | undefined {
  const sent = (exchange?.frames ?? []).filter(
    ({ direction, opcode }) => direction === "sent" && opcode === opcodes.text,
  );
  const document = sent.map(({ data }) => parsed(data.toString("utf8"))).find((one) => one?.id === id);
  return asObject(asObject(document?.params)?.envelope);
}

/** The answers to one id. */
export const answersTo = (exchange: Exchange | undefined, id: unknown): Said[] =>
  saidBy(exchange).filter((said) => isAnswer(said) && said.json?.id === id);

/** Code and reason of the agent's close frame; null when it sent none. */
export function closedWith(exchange: Exchange): { readonly code: number | null; readonly reason: string } | null {
  const frame = exchange.frames?.find((one) => one.direction === "received" && one.opcode === opcodes.close);
  return frame === undefined ? null : closeOf(frame);
}

/** One answer of a conversation as the exchange that HTTP would have made of it, so that checks of those judge it. */
export function asExchange(exchange: Exchange, said: Said): Exchange {
  return { ...exchange, response: { status: 200, reason: "OK", headers: [], body: Buffer.from(said.text) } };
}

/** What an exchange over a WebSocket came to, in words. */
export function describeTalk(exchange: Exchange): string {
  const { response, failure, frames } = exchange;
  if (response === undefined || frames === undefined || response.status !== 101) return describe(exchange);
  const said = saidIn(frames).map(({ text }) => show(text, 160));
  const closed = closedWith(exchange);
  const close = closed === null ? [] : [`close ${closed.code ?? "without a code"} ${closed.reason}`.trimEnd()];
  const parts = [...said, ...close, ...(failure === undefined ? [] : [failure.message])];
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** A check of one conversation that was opened. */
export function heard(
  at: number,
  expected: string,
  found: (exchange: Exchange, context: Context) => string | null,
): Check {
  return expect(at, expected, (exchange, context) =>
    exchange.response?.status === 101 && exchange.frames !== undefined
      ? found(exchange, context)
      : `the upgrade got ${describe(exchange)}`,
  );
}

/** There is exactly one answer to an id, and the checks, which look at exchange 0, hold for it. */
export function answered(id: string | number | null, checks: readonly Check[] = [accepted(0)], at = 0, nth = 0): Check {
  return (exchanges, context) => {
    const named = `one answer with the id ${JSON.stringify(id)}`;
    const missing = heard(at, named, (exchange) =>
      answersTo(exchange, id)[nth] === undefined ? describeTalk(exchange) : null,
    )(exchanges, context);
    const exchange = exchanges[at];
    const said = answersTo(exchange, id)[nth];
    if (missing !== null || exchange === undefined || said === undefined) return missing;
    for (const check of checks) {
      const finding = check([asExchange(exchange, said)], context);
      if (finding !== null) return { ...finding, expected: finding.expected.replace("HTTP 200 and ", ""), at };
    }
    return null;
  };
}

/** The agent sent that many answers and no more. */
export function answerCount(wanted: number, at = 0): Check {
  return heard(at, wanted === 1 ? "one answer" : `${wanted} answers`, (exchange) =>
    saidBy(exchange).filter(isAnswer).length === wanted ? null : describeTalk(exchange),
  );
}

/** The agent closed with one of these codes. */
export function closes(...codes: readonly (number | null)[]): Check {
  const words = codes.map((code) => code ?? "no code").join(" or ");
  return heard(0, `a close frame with ${words}`, (exchange) => {
    const closed = closedWith(exchange);
    return closed !== null && codes.includes(closed.code) ? null : describeTalk(exchange);
  });
}

/** The agent did not close before it was asked to: the first close frame is ours. */
export const staysOpen: Check = heard(0, "a connection that stays open", (exchange) => {
  const first = exchange.frames?.find(({ opcode }) => opcode === opcodes.close);
  return first?.direction === "sent" ? null : describeTalk(exchange);
});

/** What fails the agent before anything else: it must answer a task first. */
export const opening = (context: Context): SocketAction[] => [sayTask(context, { frame: { id: "first" } }), answers(1)];

/** The task of {@link opening} was carried out. */
export const opened: Check = answered("first");

function parsed(text: string): Said["json"] {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
