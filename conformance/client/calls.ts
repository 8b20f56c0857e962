import { isDeepStrictEqual } from "node:util";
import { ending, failed, isSendRequest, pass } from "./checks.js";
import { type answerTo, conformingAnswer, isSend } from "./conforming.js";
import { envelopeOf, type Message, messagesIn } from "./messages.js";
import type { ClientCase, Script } from "./scenario.js";
import type { Answer, Received, Session } from "./session.js";

/** Milliseconds by which a wait may seem too short: timers that count from the turn they are set in, and clocks. */
export const earlyMs = 200;

/** A request that carries a message. */
type Send = Parameters<typeof answerTo>[0];

/** A script that answers messages by their number, from 0; undefined for the answer of an agent that conforms. */
export const answeringEach =
  (answer: (document: Send, number: number) => Answer | undefined): (() => Script) =>
  () => {
    let count = 0;
    return {
      answer(request) {
        if (!isSendRequest(request) || !isSend(request.document)) return undefined;
        count += 1;
        return answer(request.document, count - 1);
      },
    };
  };

/** What an agent that conforms answers under a base path; undefined for what is asked elsewhere. */
export function answerUnder(base: string, request: Received, url: string): Answer | undefined {
  const { target } = request;
  if (!target.startsWith(`${base}/`)) return undefined;
  return conformingAnswer({ ...request, target: target.slice(base.length) }, `${url}${base}`);
}

/** A judge that at least some messages came, each as a call of its own, whatever is repeated. */
export const callsMade =
  (count: number): ClientCase["judge"] =>
  (session) => {
    const messages = messagesIn(session);
    const ids = new Set(messages.map((message) => envelopeOf(message)?.id).filter((id) => typeof id === "string"));
    if (ids.size >= count) return pass;
    const found = `${ids.size} envelope ids; ${ending(session.end)}`;
    return failed(`messages with ${count} envelope ids`, found, messages.at(-1)?.request.at ?? -1);
  };

/** A judge that something is the same in at least two messages. */
export const sameInAll =
  (expected: string, of: (message: Message) => unknown): ClientCase["judge"] =>
  (session) => {
    const messages = messagesIn(session);
    const [first] = messages;
    if (first === undefined || messages.length < 2)
      return failed(expected, `${messages.length} messages; ${ending(session.end)}`, first?.request.at ?? -1);
    const value = of(first) ?? null;
    for (const message of messages) {
      const other = of(message) ?? null;
      if (other === null) return failed(expected, "none in one of them", message.request.at);
      if (!isDeepStrictEqual(other, value))
        return failed(expected, `${JSON.stringify(value)}, then ${JSON.stringify(other)}`, message.request.at);
    }
    return pass;
  };

/** Milliseconds since the session began when a message over HTTP was answered, or came where it was not. */
export const answeredAt = ({ request, atMs }: Message): number => request.sent?.atMs ?? atMs;

/** Milliseconds between the answer to each message and the next message. */
export function gapsIn(session: Session): number[] {
  const messages = messagesIn(session);
  return messages.slice(1).map(({ atMs }, at) => atMs - answeredAt(messages[at] as Message));
}

/** A judge of the waits between messages: each is as long as that, in milliseconds, and not longer than the other. */
export const waited =
  (bounds: readonly (readonly [leastMs: number, mostMs: number])[], expected: string): ClientCase["judge"] =>
  (session) => {
    const messages = messagesIn(session);
    const gaps = gapsIn(session);
    for (const [at, [least, most]] of bounds.entries()) {
      const gap = gaps[at];
      if (gap === undefined)
        return failed(expected, `${messages.length} messages; ${ending(session.end)}`, messages[0]?.request.at ?? -1);
      if (gap < least - earlyMs || gap > most)
        return failed(expected, `a wait of ${gap} ms`, messages[at + 1]?.request.at ?? -1);
    }
    return pass;
  };

/** A judge that the client ended soon after its first message, in milliseconds. */
export const endedWithin =
  (ms: number, expected: string): ClientCase["judge"] =>
  (session) => {
    const [first] = messagesIn(session);
    if (first === undefined) return failed(expected, `no message; ${ending(session.end)}`, -1);
    const took = session.end.elapsedMs - first.atMs;
    return took <= ms && !session.end.timedOut
      ? pass
      : failed(expected, `${took} ms after the message ${ending(session.end)}`, first.request.at);
  };
