import { asObject } from "../documents.js";
import { opcodes, plainMessagesOf } from "../socket-frames.js";
import { ending, failed, headerIn, isSendRequest, pass } from "./checks.js";
import { readJson, writeJson } from "./json.js";
import type { ClientCase } from "./scenario.js";
import type { Received, Session } from "./session.js";

/** A message that the client sent, over HTTP or a WebSocket. */
export interface Message {
  /** The request that it came in, or that opened its WebSocket. */
  readonly request: Received;
  /** The JSON of it, undefined where it is none. */
  readonly document: unknown;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  /** Milliseconds since 1970 when it came. */
  readonly clockMs: number;
}

/** Every message of a session in the order of its connections: what should be JSON-RPC requests, whatever is wrong with them. */
export function messagesIn({ requests }: Session): Message[] {
  return requests.flatMap((request): Message[] => {
    if (isSendRequest(request)) {
      const { document, atMs, clockMs } = request;
      return [{ request, document, atMs, clockMs }];
    }
    const { frames = [] } = request;
    return plainMessagesOf(frames).flatMap(({ opcode, data, at }) => {
      const document = readJson(data.toString("utf8"));
      if (opcode !== opcodes.text || isBeat(document)) return [];
      const atMs = frames[at]?.atMs ?? request.atMs;
      return [{ request, document, atMs, clockMs: request.clockMs + atMs - request.atMs }];
    });
  });
}

/** A judge that looks at every message, of which there must be some. */
export function everyMessage(
  expected: string,
  wrong: (message: Message, session: Session) => string | null,
): ClientCase["judge"] {
  return (session) => {
    const messages = messagesIn(session);
    if (messages.length === 0) return failed(expected, `no message; ${ending(session.end)}`, -1);
    for (const message of messages) {
      const found = wrong(message, session);
      if (found !== null) return failed(expected, found, message.request.at);
    }
    return pass;
  };
}

/** A judge of how many messages there are. */
export function messageCount(count: number, expected: string): ClientCase["judge"] {
  return (session) => {
    const messages = messagesIn(session);
    if (messages.length === count) return pass;
    return failed(expected, `${messages.length} messages; ${ending(session.end)}`, messages.at(-1)?.request.at ?? -1);
  };
}

/** A judge that there are at least two messages, and no two have the same of something. */
export function eachItsOwn(expected: string, of: (message: Message) => unknown): ClientCase["judge"] {
  return (session) => {
    const messages = messagesIn(session);
    const seen = new Set<string>();
    if (messages.length < 2)
      return failed(expected, `${messages.length} messages; ${ending(session.end)}`, messages[0]?.request.at ?? -1);
    for (const message of messages) {
      const value = writeJson(of(message) ?? null);
      if (value === "null") return failed(expected, "none in one of them", message.request.at);
      if (seen.has(value)) return failed(expected, `${value} again`, message.request.at);
      seen.add(value);
    }
    return pass;
  };
}

/** The params of a message, or undefined. */
export const paramsOf = ({ document }: Pick<Message, "document">): Record<string, unknown> | undefined =>
  asObject(asObject(document)?.params);

/** The envelope of a message, or undefined. */
export const envelopeOf = (message: Pick<Message, "document">): Record<string, unknown> | undefined =>
  asObject(paramsOf(message)?.envelope);

/** The payload of a message, or undefined. */
export const payloadOf = (message: Pick<Message, "document">): Record<string, unknown> | undefined =>
  asObject(envelopeOf(message)?.payload);

/** The idempotency key of a message that came over HTTP: that of the header. */
export const keyOf = ({ request }: Message): string | undefined => headerIn(request, "x-idempotency-key");

/** Whether a message is an application ping or pong, and no request. */
function isBeat(document: unknown): boolean {
  const { type, method } = asObject(document) ?? {};
  return method === undefined && (type === "ping" || type === "pong");
}
